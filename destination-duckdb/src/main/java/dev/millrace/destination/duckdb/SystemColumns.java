package dev.millrace.destination.duckdb;

import dev.millrace.core.destination.Destination;
import dev.millrace.core.destination.SyncMode;
import dev.millrace.core.shape.TableName;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.SequencedMap;
import java.util.stream.Stream;

/// The names of our own columns in every table.
///
/// @param prefix stands before each
record SystemColumns(String prefix) {

    /// The SQL expression of the end of an open version.
    static final String OPEN_END = Merge.time(Destination.OPEN_END);

    /// When the row was last written here.
    String synced() {
        return prefix + "synced";
    }

    /// Whether the row is gone at the source.
    String deleted() {
        return prefix + "deleted";
    }

    /// When the version began, in HISTORY mode.
    String start() {
        return prefix + "start";
    }

    /// Until when the version was so, in HISTORY mode.
    String end() {
        return prefix + "end";
    }

    /// Whether the version is open, in HISTORY mode.
    String active() {
        return prefix + "active";
    }

    /// The identity of a row without a key.
    String id() {
        return prefix + "id";
    }

    /// The texts of values that did not fit, in a table that is being copied.
    String unfit() {
        return prefix + "unfit";
    }

    String quotedSynced() {
        return TableName.quote(synced());
    }

    String quotedDeleted() {
        return TableName.quote(deleted());
    }

    String quotedStart() {
        return TableName.quote(start());
    }

    String quotedEnd() {
        return TableName.quote(end());
    }

    String quotedActive() {
        return TableName.quote(active());
    }

    String quotedId() {
        return TableName.quote(id());
    }

    String quotedUnfit() {
        return TableName.quote(unfit());
    }

    /// Whether a column's name is one of ours, in any mode.
    boolean contains(String column) {
        return Stream.of(synced(), deleted(), start(), end(), active(), id(), unfit()).anyMatch(column::equalsIgnoreCase);
    }

    /// The mode that a table is kept in, which its columns tell.
    SyncMode modeOf(TargetTable table) {
        return modeOf(table.columns().keySet());
    }

    /// The mode that a table with these columns is kept in.
    SyncMode modeOf(Collection<String> columns) {
        if (columns.stream().anyMatch(active()::equalsIgnoreCase)) {
            return SyncMode.HISTORY;
        }
        return columns.stream().anyMatch(deleted()::equalsIgnoreCase) ? SyncMode.SOFT_DELETE : SyncMode.LIVE;
    }

    /// The SQL condition on rows that the source has.
    String isLive(SyncMode mode) {
        return switch (mode) {
            case SOFT_DELETE -> "NOT " + quotedDeleted();
            case LIVE -> "true";
            case HISTORY -> quotedActive();
        };
    }

    /// The columns that a mode asks for beside [#synced], each with the value that a row has which has just begun.
    ///
    /// @param start the SQL expression of when versions begin
    SequencedMap<String, String> begun(SyncMode mode, String start) {
        SequencedMap<String, String> values = new LinkedHashMap<>();
        switch (mode) {
            case SOFT_DELETE -> values.put(quotedDeleted(), "false");
            case LIVE -> {}
            case HISTORY -> {
                values.put(quotedStart(), start);
                values.put(quotedEnd(), OPEN_END);
                values.put(quotedActive(), "true");
            }
        }
        return values;
    }
}
