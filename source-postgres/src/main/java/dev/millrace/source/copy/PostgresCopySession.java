package dev.millrace.source.copy;

import dev.millrace.core.copy.CopyPlan;
import dev.millrace.core.copy.CopyRange;
import dev.millrace.core.copy.CopyRows;
import dev.millrace.core.position.Position;
import dev.millrace.core.position.TransactionSnapshot;
import dev.millrace.core.secret.Salt;
import dev.millrace.core.shape.Column;
import dev.millrace.core.shape.TableName;
import dev.millrace.core.source.CopySession;
import dev.millrace.core.source.Selection;
import dev.millrace.core.value.ValueHash;
import dev.millrace.source.catalog.CatalogReader;
import dev.millrace.source.catalog.Scope;
import dev.millrace.source.fault.PostgresFaults;
import dev.millrace.source.filter.FilterSql;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.OffsetDateTime;
import java.util.stream.Collectors;
import org.postgresql.PGConnection;

/// A session of PostgreSQL for copying. Belongs to one thread, except [#close].
public final class PostgresCopySession implements CopySession {

    private static final String UNDEFINED_OBJECT = "42704";
    private static final String INVALID_PARAMETER = "22023";
    private static final String NOT_IN_STATE = "55000";
    private static final String UNDEFINED_COLUMN = "42703";
    private static final String UNDEFINED_TABLE = "42P01";
    private static final TransactionSnapshot NONE = TransactionSnapshot.parse("0:0:");

    private final Connection session;
    private final CatalogReader catalog;
    private final int majorVersion;
    private final ValueHash hash;
    private final CopyTerms terms;
    private TransactionSnapshot snapshot = NONE;

    /// Takes an open session over, and closes it in the end.
    ///
    /// @param salt with which columns are hashed
    /// @param terms of the way in which tables are followed
    public PostgresCopySession(Connection session, Salt salt, CopyTerms terms) throws SQLException {
        this.session = session;
        this.terms = terms;
        this.majorVersion = session.getMetaData().getDatabaseMajorVersion();
        this.catalog = new CatalogReader(session, new Scope.Readable(), Selection.everything(), salt);
        this.hash = new ValueHash(salt);
    }

    @Override
    public Shared begin() {
        try (Statement statement = session.createStatement()) {
            statement.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY");
            String function = majorVersion >= 13 ? "pg_current_snapshot()" : "txid_current_snapshot()";
            String id;
            try (ResultSet row = statement.executeQuery("SELECT %s::text, pg_export_snapshot()".formatted(function))) {
                row.next();
                snapshot = TransactionSnapshot.parse(row.getString(1));
                id = row.getString(2);
            }
            Position readAt = terms.readAt(session);
            try (ResultSet row = statement.executeQuery("SELECT clock_timestamp()")) {
                row.next();
                return new Shared(id, snapshot, readAt, row.getObject(1, OffsetDateTime.class).toInstant());
            }
        } catch (SQLException e) {
            throw PostgresFaults.of(e, "snapshot");
        }
    }

    @Override
    public boolean join(Shared shared) {
        try (Statement statement = session.createStatement()) {
            statement.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY");
            statement.execute("SET TRANSACTION SNAPSHOT '%s'".formatted(shared.id()));
            snapshot = shared.snapshot();
            return true;
        } catch (SQLException e) {
            String state = e.getSQLState();
            if (UNDEFINED_OBJECT.equals(state) || INVALID_PARAMETER.equals(state) || NOT_IN_STATE.equals(state)) {
                end();
                return false;
            }
            throw PostgresFaults.of(e, "snapshot");
        }
    }

    /// Locks the table first, as reading it does: so it cannot be rewritten between this answer and the reading, which an older snapshot
    /// would see as an empty table. Names the columns in that, since what the snapshot sees of the catalogue may be gone already.
    @Override
    public boolean holds(CopyPlan plan) {
        try (Statement statement = session.createStatement()) {
            String columns = plan.shape().columns().stream().map(column -> TableName.quote(column.name())).collect(Collectors.joining(", "));
            statement.execute("SELECT %s FROM %s LIMIT 0".formatted(columns, plan.shape().table().quoted()));
            return catalog.fingerprint(plan.shape().table()).equals(plan.fingerprint());
        } catch (SQLException e) {
            if (UNDEFINED_TABLE.equals(e.getSQLState()) || UNDEFINED_COLUMN.equals(e.getSQLState())) {
                return false;
            }
            throw PostgresFaults.of(e, plan.shape().table().toString());
        }
    }

    @Override
    public CopyRows read(CopyPlan plan, CopyRange range) {
        String table = plan.shape().table().toString();
        try {
            String sql = "COPY (SELECT %s%s FROM %s WHERE %s AND %s AND %s) TO STDOUT (FORMAT binary)"
                    .formatted(
                            FieldList.of(plan.shape()),
                            terms.items(plan.shape()),
                            range.relation(),
                            range.condition().isEmpty() ? "true" : range.condition(),
                            FilterSql.of(plan.shape()),
                            terms.condition(plan.shape(), snapshot));
            CopyRows rows = new BinaryCopyRows(session.unwrap(PGConnection.class).getCopyAPI().copyOut(sql), table);
            boolean hashes = plan.shape().columns().stream().anyMatch(Column::isHashed);
            return terms.take(plan.shape(), hashes ? new HashedCopyRows(rows, plan.shape(), hash) : rows);
        } catch (SQLException e) {
            throw PostgresFaults.of(e, table);
        }
    }

    @Override
    public void end() {
        try (Statement statement = session.createStatement()) {
            statement.execute("ROLLBACK");
        } catch (SQLException e) {
            throw PostgresFaults.of(e, "snapshot");
        }
    }

    @Override
    public void close() {
        try {
            session.abort(Runnable::run);
        } catch (SQLException e) {
            throw PostgresFaults.of(e, "copy session");
        }
    }
}
