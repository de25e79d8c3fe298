package dev.millrace.server.usage;

import dev.millrace.core.change.ChangeCount;
import dev.millrace.core.run.RunEvent;
import dev.millrace.core.run.RunListener;
import dev.millrace.core.shape.TableName;
import java.util.HashMap;
import java.util.Map;

/// Counts what a run writes, until it is kept. For any thread.
public final class RunUsage implements RunListener {

    private final Usage usage;
    private final String connection;
    private final Map<TableName, Long> copied = new HashMap<>();
    private final Map<TableName, ChangeCount> followed = new HashMap<>();
    private final Map<TableName, ChangeCount> untold = new HashMap<>();

    /// Counts for a connection.
    public RunUsage(Usage usage, String connection) {
        this.usage = usage;
        this.connection = connection;
    }

    @Override
    public synchronized void on(RunEvent event) {
        if (event instanceof RunEvent.RangeLoaded loaded) {
            copied.merge(loaded.table(), loaded.rows(), Long::sum);
        } else if (event instanceof RunEvent.BatchWritten written) {
            written.tables().forEach((table, count) -> {
                followed.merge(table, count, ChangeCount::plus);
                untold.merge(table, count, ChangeCount::plus);
            });
        }
    }

    /// What was followed since this was last asked, by table.
    public synchronized Map<TableName, ChangeCount> takeFollowed() {
        Map<TableName, ChangeCount> taken = Map.copyOf(untold);
        untold.clear();
        return taken;
    }

    /// Keeps what was counted since this was last asked.
    public void keep() {
        Map<TableName, Long> copies = new HashMap<>();
        Map<TableName, Long> changes = new HashMap<>();
        synchronized (this) {
            copies.putAll(copied);
            followed.forEach((table, count) -> changes.put(table, count.all()));
            copied.clear();
            followed.clear();
        }
        if (!copies.isEmpty()) {
            usage.add(connection, Usage.Kind.HISTORICAL, copies);
        }
        if (!changes.isEmpty()) {
            usage.add(connection, Usage.Kind.INCREMENTAL, changes);
        }
    }
}
