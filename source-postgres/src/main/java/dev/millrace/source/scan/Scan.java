package dev.millrace.source.scan;

import dev.millrace.core.change.BatchBuilder;
import dev.millrace.core.change.ChangeKind;
import dev.millrace.core.change.Transaction;
import dev.millrace.core.change.Tuple;
import dev.millrace.core.copy.CopyRows;
import dev.millrace.core.position.ScanPosition;
import dev.millrace.core.position.TransactionSnapshot;
import dev.millrace.core.shape.Column;
import dev.millrace.core.shape.Shape;
import dev.millrace.core.shape.TableName;
import dev.millrace.core.value.ValueHash;
import dev.millrace.source.catalog.CatalogReader;
import dev.millrace.source.catalog.Storage;
import dev.millrace.source.copy.BinaryCopyRows;
import dev.millrace.source.copy.FieldList;
import dev.millrace.source.copy.HashedCopyRows;
import dev.millrace.source.fault.PostgresFaults;
import dev.millrace.source.filter.FilterSql;
import dev.millrace.source.teleport.PackedKey;
import dev.millrace.source.teleport.TableDiffer;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;

/// One look at the tables under one snapshot: every row that is there and was written since the last look, and, where keys are watched, every
/// key that is gone. Belongs to the scanning thread.
///
/// The tables are locked first, as reading them does, and only then is the catalogue asked how they look, in another session: so they
/// look like that until the scan ends. What was rewritten between the snapshot and the lock looks empty to the snapshot, so then the
/// scan is given up for another one ([TableAltered]).
///
/// All that a scan finds is one transaction, whose id no snapshot sees that was taken before.
final class Scan implements AutoCloseable {

    private static final String UNDEFINED_COLUMN = "42703";
    private static final String UNDEFINED_TABLE = "42P01";
    private static final String UNDEFINED_SCHEMA = "3F000";
    private static final String NOT_PRIVILEGED = "42501";
    /// Why a table is lost that cannot be read.
    static final String UNREADABLE = "It could not be read when changes were looked for.";

    private final Connection session;
    private final CatalogReader catalog;
    private final ValueHash hash;
    private final Optional<KeyWatch> keys;
    private final ScanPosition position;
    private final Instant takenAt;
    private final Transaction transaction;
    private final List<TableName> watched = new ArrayList<>();

    /// What a scan has seen.
    ///
    /// @param position where a destination stands once it holds what was found
    /// @param takenAt the source's clock, read after the snapshot was taken
    record Found(ScanPosition position, Instant takenAt) {}

    private Scan(Connection session, CatalogReader catalog, ValueHash hash, Optional<KeyWatch> keys, ScanPosition position, Instant takenAt) {
        this.session = session;
        this.catalog = catalog;
        this.hash = hash;
        this.keys = keys;
        this.position = position;
        this.takenAt = takenAt;
        this.transaction = Transaction.of(position.snapshot().xmax(), takenAt);
    }

    /// Begins the transaction and takes the snapshot.
    ///
    /// @param timeline of the server, read before
    /// @param shared the name of the snapshot to look under; empty for one of now
    /// @throws SQLException also if there is no such snapshot any more
    static Scan begin(
            Connection session, CatalogReader catalog, ValueHash hash, Optional<KeyWatch> keys, long number, long timeline, String shared)
            throws SQLException {
        try (Statement statement = session.createStatement()) {
            statement.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY");
            if (!shared.isEmpty()) {
                statement.execute("SET TRANSACTION SNAPSHOT '%s'".formatted(shared.replace("'", "''")));
            }
            try (ResultSet row = statement.executeQuery(ScanTerms.SNAPSHOT)) {
                row.next();
                ScanPosition position = new ScanPosition(number, timeline, TransactionSnapshot.parse(row.getString(1)));
                Instant takenAt = row.getObject(2, OffsetDateTime.class).toInstant();
                if (keys.isPresent()) {
                    keys.get().giveSalt(session);
                }
                return new Scan(session, catalog, hash, keys, position, takenAt);
            }
        } catch (SQLException e) {
            rollBack(session);
            throw e;
        }
    }

    /// Begins a transaction with a snapshot of its own, whose rows are given as those of a scan that has begun: a part of it.
    Scan another() throws SQLException {
        Scan part = begin(session, catalog, hash, keys, position.number(), position.timeline(), "");
        return new Scan(session, catalog, hash, keys, position, part.takenAt);
    }

    /// What is seen.
    Found found() {
        return new Found(position, takenAt);
    }

    /// The tables whose keys have been compared.
    List<TableName> watched() {
        return watched;
    }

    /// Finds what is new in the tables, and what is gone.
    ///
    /// @param held what the destination holds
    /// @param questions tell how the tables look once they are locked
    /// @throws TableAltered if another snapshot is needed
    /// @throws TableUnreadable if one of the tables cannot be read, so that the transaction is of no use any more
    void find(Map<TableName, FollowedTables.Entry> tables, ScanPosition held, ScanQuestions questions, PagesLeftOut pages, BatchBuilder batch)
            throws SQLException {
        for (TableName table : tables.keySet()) {
            lock(table);
        }
        Map<TableName, Shape> shapes = questions.shapes();
        for (Map.Entry<TableName, FollowedTables.Entry> table : tables.entrySet()) {
            Shape shape = shapes.get(table.getKey());
            if (shape == null) {
                batch.lose(table.getKey(), UNREADABLE);
            } else {
                find(shape, table.getValue(), held, pages, batch);
            }
        }
        batch.commit(takenAt);
    }

    /// Locks a table until the scan ends. Without a savepoint: within one, a standby would end the session where it could cancel the statement.
    ///
    /// @throws TableUnreadable if it is not there or may not be read
    private void lock(TableName table) throws SQLException {
        try (Statement statement = session.createStatement()) {
            statement.execute("SELECT FROM %s LIMIT 0".formatted(table.quoted()));
        } catch (SQLException e) {
            if (List.of(UNDEFINED_TABLE, UNDEFINED_SCHEMA, NOT_PRIVILEGED).contains(e.getSQLState())) {
                throw new TableUnreadable(table);
            }
            throw e;
        }
    }

    private void find(Shape shape, FollowedTables.Entry entry, ScanPosition held, PagesLeftOut pages, BatchBuilder batch) throws SQLException {
        Horizon horizon = entry.copied().orElse(new Horizon(held.snapshot().xmin()));
        if (!horizon.reachesTo(position.snapshot().xmax())) {
            batch.lose(shape.table(), "It was looked at last two billion transactions ago, too many to tell which rows are new.");
            return;
        }
        if (held.timeline() != 0 && position.timeline() != 0 && held.timeline() != position.timeline()) {
            batch.lose(
                    shape.table(),
                    "Another server was promoted (timeline %d after %d); it may lack what was written last to the one before."
                            .formatted(position.timeline(), held.timeline()));
            return;
        }
        List<Storage> storages = catalog.storages(shape.table());
        checkUnaltered(shape.table(), storages);
        Map<Storage, String> isNew = new HashMap<>();
        for (Storage storage : storages) {
            isNew.put(storage, pages.condition(session, shape, storage, entry, isNew(shape, horizon)));
        }
        Table table = new Table(shape, storages, new RowForm(shape), batch);
        if (keys.isEmpty()) {
            table.write(isNew, null);
            return;
        }
        KeyWatch watch = keys.get();
        // So that nobody begins the table anew meanwhile.
        synchronized (watch) {
            if (!watch.knows(shape.table(), entry.copied().isPresent())) {
                batch.lose(shape.table(), "The index of its keys is missing, or is that of another copy.");
                return;
            }
            if (shape.isKeyed()) {
                watch(table, isNew, isNew(shape, horizon), watch);
            } else {
                sumUp(table, entry, isNew, watch, held);
            }
            watched.add(shape.table());
        }
    }

    /// Where keys are equal that are not byte by byte, what is gone has to be ended before what came is written: so keys are read first.
    private void watch(Table table, Map<Storage, String> isNew, String everyNew, KeyWatch watch) throws SQLException {
        // Where every page has to be read, one statement may find that there is nothing to be had. Rows that left the filter are not summed up.
        boolean isReadWhole = isNew.values().stream().allMatch(everyNew::equals) && table.shape().filter().isEmpty();
        Optional<TableDiffer.Sums> sums =
                isReadWhole ? watch.sumUp(session, table.shape(), table.whole("true"), everyNew) : Optional.empty();
        if (sums.isPresent() && sums.get().areOfNothingNew()) {
            return;
        }
        boolean atOnce = KeyWatch.areBytes(table.shape());
        try (KeyWatch.Taking taking = watch.taking(table.shape(), position.asText())) {
            if (atOnce) {
                table.write(isNew, taking);
            } else {
                table.look(isNew, taking);
            }
            taking.end();
        }
        TableDiffer.Found found = watch.diff(session, table.shape(), table.whole("true"), sums, fingerprint -> {
            byte[] message = PackedKey.delete(table.shape(), fingerprint.key());
            table.batch().add(table.shape(), ChangeKind.DELETE, transaction, message, 0, message.length);
        });
        if (!atOnce) {
            table.write(isNew, null);
        }
        if (found.unknownRows().isPresent()) {
            try (KeyWatch.Taking taking = watch.taking(table.shape(), position.asText())) {
                String unknown = found.unknownRows().get();
                table.write(table.everywhere(unknown), taking);
                taking.end();
            }
        }
    }

    /// A table whose rows change all the time would never be seen, if each copy had to be whole; so then it is shown with rows that are gone, and
    /// copied again by the next scan.
    private void sumUp(Table table, FollowedTables.Entry entry, Map<Storage, String> isNew, KeyWatch watch, ScanPosition held)
            throws SQLException {
        try (KeyWatch.Taking taking = watch.taking(table.shape(), position.asText())) {
            table.write(isNew, taking);
            String settled = table.whole("NOT " + new Horizon(position.snapshot().xmin()).isNew());
            boolean isWhole = watch.isWhole(session, table.shape(), settled, taking.sums(), held.asText(), position.asText());
            if (!isWhole && !(entry.copied().isPresent() && watch.isRestless(table.shape().table()))) {
                table.batch().lose(
                        table.shape().table(), "Rows of it were changed or deleted, and without a key nothing tells which.");
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

    /// Where rows have a key, reading one twice does no harm. Where they have none, each is read by exactly one scan: the one whose horizon
    /// is the first behind it.
    private String isNew(Shape shape, Horizon horizon) throws SQLException {
        return shape.isKeyed()
                ? horizon.isNew(position.snapshot().xmax(), session.getMetaData().getDatabaseMajorVersion())
                : "%s AND NOT %s".formatted(horizon.isNew(), new Horizon(position.snapshot().xmin()).isNew());
    }

    /// A table that is being looked at.
    private final class Table {
        private final Shape shape;
        private final List<Storage> storages;
        private final RowForm form;
        private final BatchBuilder batch;
        private final Tuple row = new Tuple();

        Table(Shape shape, List<Storage> storages, RowForm form, BatchBuilder batch) {
            this.shape = shape;
            this.storages = storages;
            this.form = form;
            this.batch = batch;
        }

        Shape shape() {
            return shape;
        }

        BatchBuilder batch() {
            return batch;
        }

        /// The rows of the table that are followed and for which a condition is true.
        String whole(String condition) {
            String foreign = storages.stream()
                    .filter(Storage::foreign)
                    .map(storage -> Integer.toUnsignedString(storage.oid()))
                    .collect(Collectors.joining(", "));
            return "%s%s WHERE %s AND %s%s".formatted(
                    shape.origin().partitioned() ? "" : "ONLY ",
                    shape.table().quoted(),
                    condition,
                    FilterSql.of(shape),
                    foreign.isEmpty() ? "" : " AND tableoid NOT IN (%s)".formatted(foreign));
        }

        /// Puts rows in the batch. A row that does not pass the filter has left it, if it was there; where there is no key to end it by, it is not
        /// looked at.
        ///
        /// @param conditions on the rows of each relation
        void write(Map<Storage, String> conditions, KeyWatch.@Nullable Taking taking) throws SQLException {
            read(conditions, taking, true);
        }

        /// Tells of rows only.
        void look(Map<Storage, String> conditions, KeyWatch.Taking taking) throws SQLException {
            read(conditions, taking, false);
        }

        /// One condition for all relations.
        Map<Storage, String> everywhere(String condition) {
            return storages.stream().collect(Collectors.toMap(Function.identity(), _ -> condition));
        }

        private void read(Map<Storage, String> conditions, KeyWatch.@Nullable Taking taking, boolean writes) throws SQLException {
            boolean decides = shape.isKeyed() && !shape.filter().isEmpty();
            String items = (decides ? ", %s IS TRUE".formatted(FilterSql.of(shape)) : "")
                    + (taking == null ? "" : keys.map(watch -> watch.items(shape)).orElse(""));
            for (Storage storage : storages) {
                if (!storage.foreign()) {
                    String sql = "COPY (SELECT %s%s FROM %s WHERE %s%s) TO STDOUT (FORMAT binary)".formatted(
                            FieldList.of(shape), items, from(storage), isIn(storage) + conditions.get(storage), decides ? "" : " AND " + FilterSql.of(shape));
                    read(sql, taking, writes, decides);
                }
            }
        }

        private void read(String sql, KeyWatch.@Nullable Taking taking, boolean writes, boolean decides) throws SQLException {
            int behind = shape.columns().size();
            try {
                CopyRows rows = new BinaryCopyRows(session.unwrap(PGConnection.class).getCopyAPI().copyOut(sql), shape.table().toString());
                if (shape.columns().stream().anyMatch(Column::isHashed)) {
                    rows = new HashedCopyRows(rows, shape, hash);
                }
                for (byte[] read = rows.next(); read != null; read = rows.next()) {
                    row.readCopied(read, 0);
                    boolean passes = !decides || row.bytes()[row.offset(behind)] != 0;
                    if (taking != null && passes) {
                        taking.take(row, Tuple.int64(read, row.offset(row.count() - 1)));
                    }
                    if (writes) {
                        byte[] message = passes ? form.inserted(row) : form.deleted(row);
                        batch.add(shape, passes ? ChangeKind.INSERT : ChangeKind.DELETE, transaction, message, 0, message.length);
                    }
                }
            } catch (SQLException e) {
                if (UNDEFINED_COLUMN.equals(e.getSQLState())) {
                    throw new TableAltered(shape.table());
                }
                throw e;
            }
        }

        /// A relation's rows. A partition that the user may not read by itself is read through its root.
        private String from(Storage storage) {
            TableName itself = new TableName(storage.schema(), storage.name());
            return itself.equals(shape.table()) || storage.mayRead()
                    ? "ONLY " + itself.quoted()
                    : shape.table().quoted();
        }

        private String isIn(Storage storage) {
            return from(storage).equals(shape.table().quoted()) ? "tableoid = %s AND ".formatted(Integer.toUnsignedString(storage.oid())) : "";
        }
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
