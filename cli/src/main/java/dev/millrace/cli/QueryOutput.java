package dev.millrace.cli;

import dev.millrace.core.destination.RowSink;

/// Prints the rows of a query.
sealed interface QueryOutput extends RowSink permits JsonRows, TextRows {

    /// Prints what is left, behind the last row.
    void end();

    /// Whether it has as many rows as it wanted, and ended the query itself.
    boolean isFull();
}
