package dev.millrace.server.run;

import dev.millrace.core.change.ChangeCount;
import dev.millrace.core.destination.WidenedColumn;
import dev.millrace.core.run.RunEvent;
import dev.millrace.core.run.RunListener;
import dev.millrace.core.shape.ColumnChange;
import dev.millrace.core.shape.ColumnChange.Kind;
import dev.millrace.core.shape.TableName;
import dev.millrace.server.run.RunLog.Level;
import dev.millrace.server.state.Json;
import dev.millrace.worker.progress.EventText;
import java.util.Collection;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import tools.jackson.databind.node.ObjectNode;

/// Writes what a run tells into the log, in the reference product's names where it has one. For any thread.
final class EventLog implements RunListener {

    private final RunLog log;
    private final String connection;
    private final String run;

    /// Tables that the destination has; guarded by this.
    private final Set<TableName> known = new HashSet<>();

    /// Tables of which it was said that they are written, and not yet that this has ended; guarded by this.
    private final Set<TableName> begun = new HashSet<>();

    /// @param log where it is written
    /// @param connection whose run
    /// @param run its id
    EventLog(RunLog log, String connection, String run) {
        this.log = log;
        this.connection = connection;
        this.run = run;
    }

    /// Says which tables are at the destination before the run makes any.
    synchronized void knows(Collection<TableName> tables) {
        known.addAll(tables);
    }

    @Override
    public void on(RunEvent event) {
        switch (event) {
            case RunEvent.CopyStarted started -> {
                made(started.table());
                begun(table(started.table()).put("estimated_rows", started.estimatedRows()), started.table());
            }
            case RunEvent.TablePublished published -> {
                info("records_modified", table(published.table()).put("operationType", "REPLACED_OR_INSERTED").put("count", published.rows()));
                ended(table(published.table()).put("position", published.position().toString()), published.table());
            }
            case RunEvent.TableLeftOut left -> warning("table_excluded_by_system", table(left.table()), event);
            case RunEvent.TableWarned warned -> warning("table_warned", table(warned.table()), event);
            case RunEvent.CopyBegunAnew anew -> warning("forced_resync_table", table(anew.table()), event);
            case RunEvent.AllBegunAnew _ -> warning("forced_resync_connector", Json.object(), event);
            case RunEvent.TableConverted converted -> info("alter_table", table(converted.table()).put("sync_mode", converted.to().name()));
            case RunEvent.TableAltered altered -> altered.changes().forEach(change -> info("alter_table", altered(altered.table(), change)));
            case RunEvent.TableForgotten gone -> warning("table_forgotten", table(gone.table()), event);
            case RunEvent.ColumnWidened(WidenedColumn widened) -> warning("column_widened", table(widened.table()).put("column", widened.column()), event);
            case RunEvent.CopyProgressed _, RunEvent.RangeLoaded _, RunEvent.TableCopied _, RunEvent.BatchWritten _, RunEvent.LagMeasured _ -> {}
        }
    }

    private void made(TableName table) {
        boolean newSchema;
        synchronized (this) {
            newSchema = known.stream().noneMatch(other -> other.schema().equals(table.schema()));
            if (!known.add(table)) {
                return;
            }
        }
        if (newSchema) {
            info("create_schema", Json.object().put("schema", table.schema()));
        }
        info("create_table", Json.object().put("schema", table.schema()).put("name", table.table()));
    }

    private void begun(ObjectNode data, TableName table) {
        synchronized (this) {
            begun.add(table);
        }
        info("write_to_table_start", data);
    }

    private void ended(ObjectNode data, TableName table) {
        synchronized (this) {
            begun.remove(table);
        }
        info("write_to_table_end", data);
    }

    /// What the run changed in tables that it followed. One that it does not copy at the moment is told to be begun and ended, since readers of the log look for these.
    void followed(Map<TableName, ChangeCount> tables) {
        tables.forEach((table, count) -> {
            boolean told;
            synchronized (this) {
                told = begun.contains(table);
            }
            if (!told) {
                begun(table(table), table);
            }
            modified(table, "REPLACED_OR_INSERTED", count.inserts());
            modified(table, "UPDATED", count.updates());
            modified(table, "DELETED", count.deletes());
            if (!told) {
                ended(table(table), table);
            }
        });
    }

    private void modified(TableName table, String kind, long rows) {
        if (rows > 0) {
            info("records_modified", table(table).put("operationType", kind).put("count", rows));
        }
    }

    private static ObjectNode altered(TableName table, ColumnChange change) {
        String type = switch (change.kind()) {
            case ADDED -> "ADD_COLUMN";
            case DROPPED -> "DROP_COLUMN";
            case RENAMED -> "RENAME_COLUMN";
            case RETYPED -> "ALTER_COLUMN_TYPE";
        };
        ObjectNode data = table(table).put("type", type).put("column", change.column());
        return change.kind() == Kind.RENAMED ? data.put("was", change.was()) : data;
    }

    private static ObjectNode table(TableName table) {
        return Json.object().put("schema", table.schema()).put("table", table.table());
    }

    private void info(String name, ObjectNode data) {
        log.add(connection, Optional.of(run), Level.INFO, name, data);
    }

    private void warning(String type, ObjectNode data, RunEvent event) {
        data.put("type", type);
        EventText.of(event).ifPresent(text -> data.put("message", text));
        log.add(connection, Optional.of(run), Level.WARNING, "warning", data);
    }
}
