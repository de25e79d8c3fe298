package dev.millrace.core.value;

import dev.millrace.core.shape.Column;
import dev.millrace.core.shape.ExtensionType;
import dev.millrace.core.shape.SourceType;
import dev.millrace.core.shape.WireForm;
import dev.millrace.core.value.PgNode.Dimension;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Reads the binary form of values that have parts: what `array_send`, `range_send`, `multirange_send`, `record_send` and `hstore_send`
/// write.
final class NodeReader {

    private static final int DIMENSIONS_MAX = 6;
    private static final int RANGE_EMPTY = 0x01;
    private static final int LOWER_INCLUSIVE = 0x02;
    private static final int UPPER_INCLUSIVE = 0x04;
    private static final int NO_LOWER = 0x08;
    private static final int NO_UPPER = 0x10;

    private NodeReader() {}

    /// Reads a value that takes up everything that is left.
    static PgNode read(SourceType type, FieldReader in) {
        PgNode node =
                switch (type) {
                    case SourceType.Domain domain -> read(domain.base(), in);
                    case SourceType.Scalar scalar when ExtensionType.HSTORE.is(scalar) -> pairs(in);
                    case SourceType.Scalar _, SourceType.Enumeration _, SourceType.Hashed _ -> {
                        int length = in.left();
                        yield new PgNode.Leaf(type, PgText.leaf(type, in.bytes(), in.skip(length), length));
                    }
                    case SourceType.ArrayOf array -> elements(array, in);
                    case SourceType.RangeOf range -> range(range.element(), in);
                    case SourceType.MultirangeOf multirange -> ranges(multirange.element(), in);
                    case SourceType.Composite composite -> row(composite, in);
                };
        in.expectEnd();
        return node;
    }

    /// The part that follows: its length, and so many bytes.
    private static PgNode part(SourceType type, FieldReader in) {
        int length = in.int32();
        return length == -1 ? new PgNode.Null() : read(type, new FieldReader(in.bytes(), in.skip(length), length));
    }

    private static PgNode.Elements elements(SourceType.ArrayOf type, FieldReader in) {
        int count = in.int32();
        if (count < 0 || count > DIMENSIONS_MAX) {
            throw new MalformedValue("Invalid array: %d dimensions (must be at most %d)".formatted(count, DIMENSIONS_MAX));
        }
        in.skip(8); // Whether it has nulls, and the elements' type.
        List<Dimension> dimensions = new ArrayList<>(count);
        long size = count == 0 ? 0 : 1;
        for (int i = 0; i < count; i++) {
            Dimension dimension = new Dimension(in.int32(), in.int32());
            dimensions.add(dimension);
            size = Math.clamp(dimension.length() * size, -1, Integer.MAX_VALUE);
        }
        if (size < 0 || size * 4 > in.left()) {
            throw new MalformedValue("Invalid array: %d elements in %d bytes (each has at least 4)".formatted(size, in.left()));
        }
        List<PgNode> elements = new ArrayList<>((int) size);
        for (int i = 0; i < size; i++) {
            elements.add(part(type.element(), in));
        }
        return new PgNode.Elements(type, dimensions, elements);
    }

    private static PgNode.Range range(SourceType element, FieldReader in) {
        int flags = in.int8();
        if ((flags & RANGE_EMPTY) != 0) {
            return new PgNode.Range(true, null, false, null, false);
        }
        PgNode lower = bound((flags & NO_LOWER) == 0, element, in);
        PgNode upper = bound((flags & NO_UPPER) == 0, element, in);
        return new PgNode.Range(false, lower, (flags & LOWER_INCLUSIVE) != 0, upper, (flags & UPPER_INCLUSIVE) != 0);
    }

    private static @Nullable PgNode bound(boolean there, SourceType element, FieldReader in) {
        if (!there) {
            return null;
        }
        PgNode bound = part(element, in);
        if (bound instanceof PgNode.Null) {
            throw new MalformedValue("Invalid range: a bound that is null (must be left out)");
        }
        return bound;
    }

    private static PgNode.Ranges ranges(SourceType element, FieldReader in) {
        int count = in.count(5);
        List<PgNode.Range> ranges = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            int length = in.int32();
            FieldReader part = new FieldReader(in.bytes(), in.skip(length), length);
            ranges.add(range(element, part));
            part.expectEnd();
        }
        return new PgNode.Ranges(ranges);
    }

    private static PgNode.Row row(SourceType.Composite type, FieldReader in) {
        int count = in.count(8);
        List<PgNode> fields = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            fields.add(part(fieldType(type, i, in.int32()), in));
        }
        return new PgNode.Row(type, fields);
    }

    /// The type of a field, which says its own number, since the row may be older than the type as we know it.
    private static SourceType fieldType(SourceType.Composite type, int place, int oid) {
        List<Column> fields = type.fields();
        if (place < fields.size() && fields.get(place).type().oid() == oid) {
            return fields.get(place).type();
        }
        SourceType builtIn = new SourceType.Scalar(oid, "type " + Integer.toUnsignedString(oid), -1, true);
        return fields.stream()
                .map(Column::type)
                .filter(known -> known.oid() == oid)
                .findFirst()
                .or(() -> java.util.Optional.of(builtIn).filter(known -> WireForm.of(known) == WireForm.BINARY))
                .orElseThrow(() -> new MalformedValue("Invalid row of type %s: a field of type %s (the type was altered)"
                        .formatted(type.name(), Integer.toUnsignedString(oid))));
    }

    private static PgNode.Pairs pairs(FieldReader in) {
        int count = in.count(8);
        List<PgNode.Pair> pairs = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            String key = in.text(in.int32());
            int length = in.int32();
            pairs.add(new PgNode.Pair(key, length == -1 ? null : in.text(length)));
        }
        return new PgNode.Pairs(pairs);
    }
}
