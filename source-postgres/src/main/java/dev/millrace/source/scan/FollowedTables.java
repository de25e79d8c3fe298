package dev.millrace.source.scan;

import dev.millrace.core.position.ScanPosition;
import dev.millrace.core.position.TransactionSnapshot;
import dev.millrace.core.shape.TableName;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/// The tables that scans look at, each from a scan on. Safe for several threads.
final class FollowedTables {

    private final ScanCount count;
    private final SortedMap<TableName, Entry> entries = new TreeMap<>();

    /// A table that is looked at.
    ///
    /// @param from the number of the first scan that looks at it
    /// @param copied from where the first scan has to look, for a table that has just been copied
    record Entry(long from, Optional<Horizon> copied) {}

    FollowedTables(ScanCount count) {
        this.count = count;
    }

    /// Has the scans that are yet to begin look at a table.
    synchronized ScanPosition follow(TableName table, Optional<TransactionSnapshot> copied) {
        ScanPosition first = count.next();
        entries.put(table, new Entry(first.number(), copied.map(snapshot -> new Horizon(snapshot.xmin()))));
        return first;
    }

    synchronized void unfollow(TableName table) {
        entries.remove(table);
    }

    /// The tables that a scan which has just been counted looks at.
    synchronized Map<TableName, Entry> of(long scan) {
        SortedMap<TableName, Entry> looked = new TreeMap<>(entries);
        looked.values().removeIf(entry -> entry.from() > scan);
        return looked;
    }

    /// Whether the changes that a scan found in a table are to be written.
    synchronized boolean isWanted(TableName table, long scan) {
        Entry entry = entries.get(table);
        return entry != null && entry.from() <= scan;
    }

    /// Whether each table has been looked at by the scan with this number or an earlier one.
    synchronized boolean allLookedAt(long scan) {
        return entries.values().stream().allMatch(entry -> entry.from() <= scan);
    }

    /// The destination holds a scan: from here on the tables that it looked at are followed from its own horizon.
    synchronized void held(long scan) {
        entries.replaceAll((_, entry) -> entry.from() <= scan ? new Entry(entry.from(), Optional.empty()) : entry);
    }
}
