package dev.millrace.source.scan;

import dev.millrace.core.change.BatchBuilder;
import dev.millrace.core.change.ChangeKind;
import dev.millrace.core.change.Transaction;
import dev.millrace.core.change.Tuple;
import dev.millrace.core.copy.CopyRows;
import dev.millrace.core.position.ScanPosition;
import dev.millrace.core.position.TransactionSnapshot;
import dev.millrace.core.shape.Shape;
import dev.millrace.core.shape.TableName;
import dev.millrace.core.value.ValueHash;
import dev.millrace.source.catalog.CatalogReader;
import dev.millrace.source.catalog.Storage;
import dev.millrace.source.copy.BinaryCopyRows;
import dev.millrace.source.copy.FieldList;
import dev.millrace.source.fault.PostgresFaults;
import dev.millrace.source.filter.FilterSql;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.postgresql.PGConnection;

/// One look at the tables under one snapshot: every row that is there and was written since the last look. Belongs to the scanning thread.
///
/// The tables are locked first, as reading them does, and only then is the catalogue asked how they look, in another session: so they
/// look like that until the scan ends. What was rewritten between the snapshot and the lock looks empty to the snapshot, so then the
/// scan is given up for another one ([TableAltered]).
///
/// All that a scan finds is one transaction, whose id no snapshot sees that was taken before.
final class Scan implements AutoCloseable {

    private static final String UNDEFINED_COLUMN = "42703";
    private static final String UNDEFINED_TABLE = "42P01";

    private final Connection session;
    private final CatalogReader catalog;
    private final ValueHash hash;
    private final ScanPosition position;
    private final Instant takenAt;
    private final Transaction transaction;

    /// What a scan has seen.
    ///
    /// @param position where a destination stands once it holds what was found
    /// @param takenAt the source's clock, read after the snapshot was taken
    record Found(ScanPosition position, Instant takenAt) {}

    private Scan(Connection session, CatalogReader catalog, ValueHash hash, ScanPosition position, Instant takenAt) {
        this.session = session;
        this.catalog = catalog;
        this.hash = hash;
        this.position = position;
        this.takenAt = takenAt;
        this.transaction = Transaction.of(position.snapshot().xmax(), takenAt);
    }

    /// Begins the transaction and takes the snapshot.
    ///
    /// @param shared the name of the snapshot to look under; empty for one of now
    /// @throws SQLException also if there is no such snapshot any more
    static Scan begin(Connection session, CatalogReader catalog, ValueHash hash, long number, String shared) throws SQLException {
        try (Statement statement = session.createStatement()) {
            statement.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY");
            if (!shared.isEmpty()) {
                statement.execute("SET TRANSACTION SNAPSHOT '%s'".formatted(shared.replace("'", "''")));
            }
            String function = session.getMetaData().getDatabaseMajorVersion() >= 13 ? "pg_current_snapshot" : "txid_current_snapshot";
            try (ResultSet row = statement.executeQuery("SELECT %s()::text, clock_timestamp()".formatted(function))) {
                row.next();
                TransactionSnapshot snapshot = TransactionSnapshot.parse(row.getString(1));
                Instant takenAt = row.getObject(2, OffsetDateTime.class).toInstant();
                return new Scan(session, catalog, hash, new ScanPosition(number, snapshot), takenAt);
            }
        } catch (SQLException e) {
            rollBack(session);
            throw e;
        }
    }

    /// What is seen.
    Found found() {
        return new Found(position, takenAt);
    }

    /// Finds what is new in the tables.
    ///
    /// @param tables from where to look, for each
    /// @param questions tell how the tables look once they are locked
    /// @throws TableAltered if another snapshot is needed
    void find(Map<TableName, Horizon> tables, ScanQuestions questions, BatchBuilder batch) throws SQLException {
        Map<TableName, Horizon> locked = new LinkedHashMap<>();
        for (Map.Entry<TableName, Horizon> table : tables.entrySet()) {
            if (lock(table.getKey(), batch)) {
                locked.put(table.getKey(), table.getValue());
            }
        }
        Map<TableName, Shape> shapes = questions.shapes();
        for (Map.Entry<TableName, Horizon> table : locked.entrySet()) {
            Shape shape = shapes.get(table.getKey());
            if (shape == null) {
                batch.lose(table.getKey(), "It could not be read when changes were looked for.");
            } else {
                find(shape, table.getValue(), batch);
            }
        }
        batch.commit(takenAt);
    }

    /// Locks a table until the scan ends; false if it is not there or may not be read.
    private boolean lock(TableName table, BatchBuilder batch) throws SQLException {
        try (Statement statement = session.createStatement()) {
            statement.execute("SAVEPOINT lock");
            try {
                statement.execute("SELECT FROM %s LIMIT 0".formatted(table.quoted()));
                statement.execute("RELEASE SAVEPOINT lock");
                return true;
            } catch (SQLException e) {
                if (!UNDEFINED_TABLE.equals(e.getSQLState()) && !"42501".equals(e.getSQLState()) && !"3F000".equals(e.getSQLState())) {
                    throw e;
                }
                statement.execute("ROLLBACK TO SAVEPOINT lock");
                batch.lose(table, "It could not be read when changes were looked for.");
                return false;
            }
        }
    }

    private void find(Shape shape, Horizon horizon, BatchBuilder batch) throws SQLException {
        if (!horizon.reachesTo(position.snapshot().xmax())) {
            batch.lose(shape.table(), "It was looked at last two billion transactions ago, too many to tell which rows are new.");
            return;
        }
        List<Storage> storages = catalog.storages(shape.table());
        checkUnaltered(shape.table(), storages);
        RowForm form = new RowForm(shape, hash);
        for (Storage storage : storages) {
            if (!storage.foreign()) {
                find(shape, horizon, storage, form, batch);
            }
        }
    }

    /// Compares the files that hold the rows now with those that the snapshot knows.
    private void checkUnaltered(TableName table, List<Storage> storages) throws SQLException {
        Map<Integer, Long> seen = new HashMap<>();
        try (var statement = session.prepareStatement("SELECT oid::bigint, relfilenode::bigint FROM pg_class WHERE oid = ANY (?::oid[])")) {
            statement.setArray(1, session.createArrayOf("oid", storages.stream().map(it -> Integer.toUnsignedLong(it.oid())).toArray()));
            try (ResultSet row = statement.executeQuery()) {
                while (row.next()) {
                    seen.put((int) row.getLong(1), row.getLong(2));
                }
            }
        }
        for (Storage storage : storages) {
            if (!storage.foreign() && !Long.valueOf(storage.filenode()).equals(seen.get(storage.oid()))) {
                throw new TableAltered(table);
            }
        }
    }

    private void find(Shape shape, Horizon horizon, Storage storage, RowForm form, BatchBuilder batch) throws SQLException {
        boolean decides = shape.isKeyed() && !shape.filter().isEmpty();
        String sql = "COPY (SELECT %s%s FROM %s WHERE %s%s) TO STDOUT (FORMAT binary)"
                .formatted(
                        FieldList.of(shape),
                        decides ? ", %s IS TRUE".formatted(FilterSql.of(shape)) : "",
                        from(shape.table(), storage),
                        isIn(shape.table(), storage) + isNew(shape, horizon),
                        decides ? "" : " AND " + FilterSql.of(shape));
        Tuple row = new Tuple();
        int passes = shape.columns().size();
        try {
            CopyRows rows = new BinaryCopyRows(session.unwrap(PGConnection.class).getCopyAPI().copyOut(sql), shape.table().toString());
            for (byte[] read = rows.next(); read != null; read = rows.next()) {
                row.readCopied(read, 0);
                if (decides && row.bytes()[row.offset(passes)] == 0) {
                    byte[] message = form.deleted(row);
                    batch.add(shape, ChangeKind.DELETE, transaction, message, 0, message.length);
                } else {
                    byte[] message = form.inserted(row);
                    batch.add(shape, ChangeKind.INSERT, transaction, message, 0, message.length);
                }
            }
        } catch (SQLException e) {
            if (UNDEFINED_COLUMN.equals(e.getSQLState())) {
                throw new TableAltered(shape.table());
            }
            throw e;
        }
    }

    /// Where rows have a key, reading one twice does no harm. Where they have none, each is read by exactly one scan: the one whose horizon
    /// is the first behind it.
    private String isNew(Shape shape, Horizon horizon) {
        return shape.isKeyed()
                ? horizon.isNew()
                : "%s AND NOT %s".formatted(horizon.isNew(), new Horizon(position.snapshot().xmin()).isNew());
    }

    /// The rows of a relation that the user may read by itself; of another partition, as the root has them.
    private static String from(TableName root, Storage storage) {
        TableName itself = new TableName(storage.schema(), storage.name());
        return itself.equals(root) || storage.mayRead() ? "ONLY " + itself.quoted() : root.quoted();
    }

    private static String isIn(TableName root, Storage storage) {
        boolean throughRoot = from(root, storage).equals(root.quoted());
        return throughRoot ? "tableoid = %s AND ".formatted(Integer.toUnsignedString(storage.oid())) : "";
    }

    /// Ends the transaction and lets the tables go.
    @Override
    public void close() {
        rollBack(session);
    }

    private static void rollBack(Connection session) {
        try (Statement statement = session.createStatement()) {
            statement.execute("ROLLBACK");
        } catch (SQLException e) {
            throw PostgresFaults.of(e, "snapshot");
        }
    }
}
