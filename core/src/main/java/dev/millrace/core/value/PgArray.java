package dev.millrace.core.value;

import dev.millrace.core.shape.SourceType;

/// Arrays, as far as their text needs to be known.
public final class PgArray {

    private PgArray() {}

    /// The character between an array's elements: a comma, but for `box`.
    public static char delimiter(SourceType.ArrayOf array) {
        return array.element().underneath().name().equals("box") ? ';' : ',';
    }
}
