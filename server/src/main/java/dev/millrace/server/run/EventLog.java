package dev.millrace.server.run;

import dev.millrace.core.destination.WidenedColumn;
import dev.millrace.core.run.RunEvent;
import dev.millrace.core.run.RunListener;
import dev.millrace.core.shape.TableName;
import dev.millrace.server.run.RunLog.Level;
import dev.millrace.server.state.Json;
import dev.millrace.worker.progress.EventText;
import java.util.Optional;
import tools.jackson.databind.node.ObjectNode;

/// Writes what a run tells into the log, in the reference product's names where it has one. For any thread.
///
/// @param log where it is written
/// @param connection whose run
/// @param run its id
record EventLog(RunLog log, String connection, String run) implements RunListener {

    @Override
    public void on(RunEvent event) {
        switch (event) {
            case RunEvent.CopyStarted started -> info("write_to_table_start", table(started.table()).put("estimated_rows", started.estimatedRows()));
            case RunEvent.TablePublished published -> {
                info("records_modified", table(published.table()).put("operationType", "REPLACED_OR_INSERTED").put("count", published.rows()));
                info("write_to_table_end", table(published.table()).put("position", published.position().toString()));
            }
            case RunEvent.TableLeftOut left -> warning("table_excluded_by_system", table(left.table()), event);
            case RunEvent.TableWarned warned -> warning("table_warned", table(warned.table()), event);
            case RunEvent.CopyBegunAnew anew -> warning("forced_resync_table", table(anew.table()), event);
            case RunEvent.AllBegunAnew _ -> warning("forced_resync_connector", Json.object(), event);
            case RunEvent.TableConverted converted -> info("alter_table", table(converted.table()).put("sync_mode", converted.to().name()));
            case RunEvent.TableForgotten gone -> warning("table_forgotten", table(gone.table()), event);
            case RunEvent.ColumnWidened(WidenedColumn widened) -> warning("column_widened", table(widened.table()).put("column", widened.column()), event);
            case RunEvent.CopyProgressed _, RunEvent.RangeLoaded _, RunEvent.TableCopied _, RunEvent.BatchWritten _, RunEvent.LagMeasured _ -> {}
        }
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
