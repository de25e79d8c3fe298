package dev.millrace.source.scan;

import dev.millrace.core.shape.TableName;

/// A table was altered or rewritten between a scan's snapshot and the reading of the table: another snapshot is needed.
final class TableAltered extends RuntimeException {

    private static final long serialVersionUID = 1;

    TableAltered(TableName table) {
        super("The table " + table + " was altered while it was looked at.", null, false, false);
    }
}
