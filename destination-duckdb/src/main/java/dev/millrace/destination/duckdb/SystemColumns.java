package dev.millrace.destination.duckdb;

import dev.millrace.core.shape.TableName;

/// The names of our own columns in every table.
///
/// @param prefix stands before each
record SystemColumns(String prefix) {

    /// When the row was last written here.
    String synced() {
        return prefix + "synced";
    }

    /// Whether the row is gone at the source.
    String deleted() {
        return prefix + "deleted";
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

    String quotedId() {
        return TableName.quote(id());
    }

    String quotedUnfit() {
        return TableName.quote(unfit());
    }

    /// Whether a column's name is one of ours.
    boolean contains(String column) {
        return column.equalsIgnoreCase(synced())
                || column.equalsIgnoreCase(deleted())
                || column.equalsIgnoreCase(id())
                || column.equalsIgnoreCase(unfit());
    }
}
