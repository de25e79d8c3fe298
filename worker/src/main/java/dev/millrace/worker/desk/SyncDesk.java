package dev.millrace.worker.desk;

import dev.millrace.core.destination.Memory;
import dev.millrace.core.shape.TableName;
import dev.millrace.worker.ConnectionSync;
import dev.millrace.worker.Wiring;
import dev.millrace.worker.holder.CopyDesk;
import dev.millrace.worker.holder.ResyncReport;
import dev.millrace.worker.holder.StatusReport;
import dev.millrace.worker.holder.StopSignal;
import dev.millrace.worker.holder.TableFinding;
import dev.millrace.worker.verify.Verdict;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The desk beside a sync that goes on in this process.
///
/// @param wiring of the connection
/// @param sync that goes on; stays the caller's to close
public record SyncDesk(Wiring wiring, ConnectionSync sync) implements CopyDesk {

    private static final Logger LOG = LoggerFactory.getLogger(SyncDesk.class);

    @Override
    public void query(String sql, RowSink rows, StopSignal stop) {
        withSession(session -> {
            SqlQuery.run(session, sql, rows, stop);
            return true;
        });
    }

    private <T> T withSession(Function<Connection, T> work) {
        Connection session = sync.openSession();
        try {
            return work.apply(session);
        } finally {
            close(session);
        }
    }

    private static void close(Connection session) {
        try {
            session.close();
        } catch (SQLException e) {
            LOG.debug("query-session=not-closed", e);
        }
    }

    @Override
    public StatusReport status() {
        Memory memory = sync.recall();
        return withSession(session -> new Statuses(wiring).of(memory, session, true));
    }

    @Override
    public ResyncReport resync(List<TableName> tables) {
        Memory memory = sync.recall();
        return Resyncs.of(memory, tables, true, sync::resync);
    }

    @Override
    public void verify(List<TableName> tables, Consumer<TableFinding> findings, StopSignal stop) {
        compare(sync, tables, findings);
    }

    /// Compares and tells.
    static void compare(ConnectionSync sync, List<TableName> tables, Consumer<TableFinding> findings) {
        Predicate<TableName> wanted = table -> tables.isEmpty() || tables.contains(table);
        Verdict verdict = sync.verify(wanted, table -> findings.accept(Verdicts.of(table)));
        verdict.notCompared().forEach((table, state) -> findings.accept(Verdicts.notCompared(table, state)));
    }

    @Override
    public void close() {
        // What it stands beside is not its own.
    }
}
