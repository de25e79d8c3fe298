package dev.millrace.source.wal;

import dev.millrace.core.shape.TableName;

/// The log carries a column in a binary form that nobody decodes: it has to be read again as text. Never leaves this package.
final class BinaryUnfit extends RuntimeException {

    BinaryUnfit(TableName table, String column) {
        super("Column %s of %s cannot be read in binary.".formatted(column, table), null, false, false);
    }
}
