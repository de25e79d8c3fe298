package dev.millrace.core.destination;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// Takes the rows of a query.
public interface RowSink {

    /// The most rows that are handed over together.
    int ROWS_MAX = 500;

    /// A column of a query's result.
    ///
    /// @param type the destination's name for its type
    record Head(String name, String type) {}

    /// Comes once, before the rows; empty for a statement without a result.
    void heads(List<Head> heads);

    /// Rows in order, at most [#ROWS_MAX] at a time; values are null, Boolean, Long, Double or String.
    void rows(List<List<@Nullable Object>> rows);
}
