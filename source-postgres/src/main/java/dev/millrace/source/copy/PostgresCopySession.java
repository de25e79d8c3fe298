package dev.millrace.source.copy;

import dev.millrace.core.copy.CopyPlan;
import dev.millrace.core.copy.CopyRange;
import dev.millrace.core.copy.CopyRows;
import dev.millrace.core.fault.Fault;
import dev.millrace.core.fault.FaultKind;
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
import dev.millrace.source.snapshot.HeldSnapshot;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
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
    private final ValueHash hash;
    private final CopyTerms terms;
    private final CancelledReads cancelled;
    private final boolean isOnStandby;
    private TransactionSnapshot snapshot = NONE;

    /// Takes an open session over, and closes it in the end.
    ///
    /// @param salt with which columns are hashed
    /// @param terms of the way in which tables are followed
    /// @param cancelled hears of ranges whose reading is cancelled
    public PostgresCopySession(Connection session, Salt salt, CopyTerms terms, CancelledReads cancelled) throws SQLException {
        this.terms = terms;
        this.cancelled = cancelled;
        this.isOnStandby = HeldSnapshot.isOnStandby(session);
        this.session = session;
        this.catalog = new CatalogReader(session, new Scope.Readable(), Selection.everything(), salt);
        this.hash = new ValueHash(salt);
    }

    @Override
    public Shared begin() {
        try {
            Shared shared = terms.begin(session);
            snapshot = shared.snapshot();
            return shared;
        } catch (SQLException e) {
            throw PostgresFaults.of(e, "snapshot");
        }
    }

    @Override
    public boolean join(Shared shared) {
        try (Statement statement = session.createStatement()) {
            statement.execute(HeldSnapshot.BEGIN);
            statement.execute("SET TRANSACTION SNAPSHOT '%s'".formatted(shared.id()));
            snapshot = shared.snapshot();
            terms.joined(session);
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
            throw fault(e, plan.shape().table().toString());
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
            CopyRows rows = noting(plan.shape().table(), new BinaryCopyRows(session.unwrap(PGConnection.class).getCopyAPI().copyOut(sql), table));
            boolean hashes = plan.shape().columns().stream().anyMatch(Column::isHashed);
            return terms.take(plan.shape(), hashes ? new HashedCopyRows(rows, plan.shape(), hash) : rows);
        } catch (SQLException e) {
            throw fault(e, table);
        }
    }

    private CopyRows noting(TableName table, CopyRows rows) {
        return () -> {
            try {
                return rows.next();
            } catch (Fault fault) {
                cancelled.note(table, fault);
                throw fault;
            }
        };
    }

    /// A standby ends a session that rests between two statements and is in its way; of that the driver sees a broken connection. If it is the
    /// standby that is gone, the next session says so.
    private Fault fault(SQLException e, String subject) {
        Fault fault = PostgresFaults.of(e, subject);
        return isOnStandby && fault.kind() == FaultKind.CONNECTION_LOST ? PostgresFaults.endedByStandby(e, subject) : fault;
    }

    @Override
    public void end() {
        try (Statement statement = session.createStatement()) {
            statement.execute("ROLLBACK");
        } catch (SQLException e) {
            throw fault(e, "snapshot");
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
