package dev.millrace.core.merge;

import dev.millrace.core.destination.SyncMode;
import dev.millrace.core.shape.TableName;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.SequencedMap;
import java.util.stream.Stream;

/// The names of our own columns in every table.
///
/// @param prefix stands before each
public record SystemColumns(String prefix) {

    /// When the row was last written here.
    public String synced() {
        return prefix + "synced";
    }

    /// Whether the row is gone at the source.
    public String deleted() {
        return prefix + "deleted";
    }

    /// When the version began, in HISTORY mode.
    public String start() {
        return prefix + "start";
    }

    /// Until when the version was so, in HISTORY mode.
    public String end() {
        return prefix + "end";
    }

    /// Whether the version is open, in HISTORY mode.
    public String active() {
        return prefix + "active";
    }

    /// The identity of a row without a key.
    public String id() {
        return prefix + "id";
    }

    /// The texts of values that did not fit, in a table that is being copied.
    public String unfit() {
        return prefix + "unfit";
    }

    /// [#synced], quoted.
    public String quotedSynced() {
        return TableName.quote(synced());
    }

    /// [#deleted], quoted.
    public String quotedDeleted() {
        return TableName.quote(deleted());
    }

    /// [#start], quoted.
    public String quotedStart() {
        return TableName.quote(start());
    }

    /// [#end], quoted.
    public String quotedEnd() {
        return TableName.quote(end());
    }

    /// [#active], quoted.
    public String quotedActive() {
        return TableName.quote(active());
    }

    /// [#id], quoted.
    public String quotedId() {
        return TableName.quote(id());
    }

    /// [#unfit], quoted.
    public String quotedUnfit() {
        return TableName.quote(unfit());
    }

    /// Whether a column's name is one of ours, in any mode.
    public boolean contains(String column) {
        return Stream.of(synced(), deleted(), start(), end(), active(), id(), unfit()).anyMatch(column::equalsIgnoreCase);
    }

    /// The mode that a table with these columns is kept in.
    public SyncMode modeOf(Collection<String> columns) {
        if (columns.stream().anyMatch(active()::equalsIgnoreCase)) {
            return SyncMode.HISTORY;
        }
        return columns.stream().anyMatch(deleted()::equalsIgnoreCase) ? SyncMode.SOFT_DELETE : SyncMode.LIVE;
    }

    /// The SQL condition on rows that the source has.
    public String isLive(SyncMode mode) {
        return switch (mode) {
            case SOFT_DELETE -> "NOT " + quotedDeleted();
            case LIVE -> "true";
            case HISTORY -> quotedActive();
        };
    }

    /// The columns that a mode asks for beside [#synced], each with the value that a row has which has just begun.
    ///
    /// @param start the SQL expression of when versions begin
    /// @param openEnd that of the end of an open one
    public SequencedMap<String, String> begun(SyncMode mode, String start, String openEnd) {
        SequencedMap<String, String> values = new LinkedHashMap<>();
        switch (mode) {
            case SOFT_DELETE -> values.put(quotedDeleted(), "false");
            case LIVE -> {}
            case HISTORY -> {
                values.put(quotedStart(), start);
                values.put(quotedEnd(), openEnd);
                values.put(quotedActive(), "true");
            }
        }
        return values;
    }
}
