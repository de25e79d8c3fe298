package dev.millrace.source.filter;

import dev.millrace.core.change.Tuple;
import dev.millrace.core.shape.Oid;
import dev.millrace.core.shape.Ordering;
import dev.millrace.core.shape.SourceType;
import dev.millrace.core.value.OrderedValue;
import dev.millrace.core.value.PgText;

/// Fields of rows as values that compare.
final class OrderedField {

    private OrderedField() {}

    /// The value of a field that has one.
    static OrderedValue of(SourceType type, Ordering ordering, Tuple row, int field) {
        String text = PgText.of(type, row.kind(field), row.bytes(), row.offset(field), row.length(field));
        return OrderedValue.of(ordering, trimmed(type, text));
    }

    /// A text without what counts for nothing: the blanks with which a `char(n)` is filled up.
    static String trimmed(SourceType type, String text) {
        if (type.underneath().oid() != Oid.BPCHAR) {
            return text;
        }
        int end = text.length();
        while (end > 0 && text.charAt(end - 1) == ' ') {
            end--;
        }
        return text.substring(0, end);
    }
}
