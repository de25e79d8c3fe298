package dev.millrace.core.verify;

import java.util.List;

/// A row that is not the same on both sides.
///
/// @param key the canonical texts of the key's columns, for a person who looks for the row; of all columns in a table without a key
public sealed interface Difference {

    List<String> key();

    /// The source has rows that the destination lacks.
    record Missing(List<String> key, int count) implements Difference {}

    /// The destination has rows that the source lacks.
    record Extra(List<String> key, int count) implements Difference {}

    /// Both sides have the row, but some columns differ.
    record Unequal(List<String> key, List<String> columns) implements Difference {}
}
