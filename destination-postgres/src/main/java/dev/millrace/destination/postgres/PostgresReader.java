package dev.millrace.destination.postgres;

import dev.millrace.core.destination.CopyReader;
import dev.millrace.core.destination.Memory;
import dev.millrace.core.destination.RowSink;
import dev.millrace.core.destination.StopSignal;
import dev.millrace.core.destination.TableMemory;
import dev.millrace.core.destination.WidenedColumn;
import dev.millrace.core.fault.Fault;
import dev.millrace.core.merge.SystemColumns;
import dev.millrace.destination.postgres.query.PersonalQuery;
import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A destination opened for reading, beside those who write it.
final class PostgresReader implements CopyReader {

    private static final Logger LOG = LoggerFactory.getLogger(PostgresReader.class);

    private final TargetSession session;
    private final PostgresMemory memory;
    private final SystemColumns system;

    /// Takes an open session over.
    PostgresReader(TargetSession session, String schemaPrefix, SystemColumns system) {
        this.session = session;
        this.memory = new PostgresMemory(schemaPrefix);
        this.system = system;
    }

    @Override
    public Memory recall() {
        return MemoryTables.areThere(session) ? memory.recall(session, memory.names(session)) : Memory.empty();
    }

    @Override
    public List<WidenedColumn> widened() {
        return MemoryTables.areThere(session) ? memory.widened(session) : List.of();
    }

    @Override
    public OptionalLong liveRows(TableMemory table, Duration patience) {
        try {
            session.run("SET statement_timeout = " + Math.max(1, patience.toMillis()));
            return OptionalLong.of(session.queryLong(
                    "SELECT count(*) FROM " + table.names().table().quoted() + " WHERE " + system.isLive(table.mode())));
        } catch (Fault e) {
            LOG.debug("table={} counted=false", table.names().table(), e);
            return OptionalLong.empty();
        } finally {
            session.run("SET statement_timeout = 0");
        }
    }

    @Override
    public void query(String sql, RowSink rows, StopSignal stop) {
        PersonalQuery.run(session.connection(), sql, rows, stop);
    }

    @Override
    public void close() {
        session.close();
    }
}
