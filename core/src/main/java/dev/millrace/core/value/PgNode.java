package dev.millrace.core.value;

import dev.millrace.core.change.Tuple;
import dev.millrace.core.shape.SourceType;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A value taken apart as far as its type says: what both of PostgreSQL's forms are read into, and every form of ours is written from.
public sealed interface PgNode {

    /// A null inside a value.
    record Null() implements PgNode {}

    /// A value without parts.
    ///
    /// @param type what it is of
    /// @param text what its output function writes; of an amount of money, the plain decimal number
    record Leaf(SourceType type, String text) implements PgNode {}

    /// An array.
    ///
    /// @param type what it is of
    /// @param dimensions outermost first; none if it is empty
    /// @param elements all of them, the last dimension running fastest
    record Elements(SourceType.ArrayOf type, List<Dimension> dimensions, List<PgNode> elements) implements PgNode {}

    /// One dimension of an array.
    ///
    /// @param length how many there are
    /// @param lowerBound the number of the first
    record Dimension(int length, int lowerBound) {}

    /// A range.
    ///
    /// @param lower null if it has no lower bound
    /// @param upper null if it has no upper bound
    record Range(boolean empty, @Nullable PgNode lower, boolean lowerInclusive, @Nullable PgNode upper, boolean upperInclusive)
            implements PgNode {}

    /// A multirange.
    record Ranges(List<Range> ranges) implements PgNode {}

    /// A row; it can have other fields than its type if that was altered after the row was written.
    record Row(SourceType.Composite type, List<PgNode> fields) implements PgNode {}

    /// An `hstore`.
    record Pairs(List<Pair> pairs) implements PgNode {}

    /// A key with its value.
    record Pair(String key, @Nullable String value) {}

    /// Reads a value in either form.
    ///
    /// @param kind [dev.millrace.core.change.Tuple#TEXT] or [dev.millrace.core.change.Tuple#BINARY]
    /// @throws MalformedValue if the bytes are not of the type
    static PgNode read(SourceType type, byte kind, byte[] bytes, int offset, int length) {
        try {
            return kind == Tuple.TEXT
                    ? NodeParser.parse(type, PgText.utf8(bytes, offset, length))
                    : NodeReader.read(type, new FieldReader(bytes, offset, length));
        } catch (IllegalArgumentException | IndexOutOfBoundsException | ArithmeticException _) {
            throw new MalformedValue("Invalid value of %s: %d bytes".formatted(type.name(), length));
        }
    }
}
