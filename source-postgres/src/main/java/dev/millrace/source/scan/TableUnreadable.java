package dev.millrace.source.scan;

import dev.millrace.core.shape.TableName;

/// A table that was to be looked at is not there, or may not be read.
final class TableUnreadable extends RuntimeException {

    private static final long serialVersionUID = 1;

    private final transient TableName table;

    TableUnreadable(TableName table) {
        super("The table " + table + " cannot be read.", null, false, false);
        this.table = table;
    }

    TableName table() {
        return table;
    }
}
