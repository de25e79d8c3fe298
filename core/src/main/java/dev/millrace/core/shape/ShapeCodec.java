package dev.millrace.core.shape;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInput;
import java.io.DataInputStream;
import java.io.DataOutput;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Shapes as bytes, for spools on disk and for what a destination remembers. The first byte is the version of the format.
public final class ShapeCodec {

    private static final int VERSION = 3;
    private static final int WITHOUT_FILTER = 2;
    private static final int WITHOUT_ORIGIN = 1;
    private static final int SCALAR = 1;
    private static final int ENUMERATION = 2;
    private static final int DOMAIN = 3;
    private static final int ARRAY = 4;
    private static final int RANGE = 5;
    private static final int MULTIRANGE = 6;
    private static final int COMPOSITE = 7;
    private static final int HASHED = 8;

    private ShapeCodec() {}

    /// The shape as bytes.
    public static byte[] encode(Shape shape) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try {
            write(shape, new DataOutputStream(bytes));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    /// The shape that [#encode] wrote.
    ///
    /// @throws IllegalArgumentException if the bytes are of another version or damaged
    public static Shape decode(byte[] bytes) {
        try {
            return read(new DataInputStream(new ByteArrayInputStream(bytes)));
        } catch (IOException e) {
            throw new IllegalArgumentException("Invalid shape: " + bytes.length + " bytes (must be what the codec wrote)", e);
        }
    }

    /// Writes a shape.
    public static void write(Shape shape, DataOutput out) throws IOException {
        out.writeByte(VERSION);
        out.writeUTF(shape.table().schema());
        out.writeUTF(shape.table().table());
        writeColumns(shape.columns(), out);
        List<Integer> key = shape.keyPlaces();
        out.writeInt(key.size());
        for (int place : key) {
            out.writeInt(place);
        }
        for (Column column : shape.columns()) {
            out.writeInt(column.number());
            out.writeBoolean(column.initially().isPresent());
            if (column.initially().isPresent()) {
                writeText(column.initially().get(), out);
            }
        }
        writeOrigin(shape.origin(), out);
        writeFilter(shape.filter(), out);
    }

    /// Reads what [#write] wrote.
    public static Shape read(DataInput in) throws IOException {
        int version = in.readUnsignedByte();
        if (version < WITHOUT_ORIGIN || version > VERSION) {
            throw new IOException("Invalid version of a shape: " + version + " (must be 1 to " + VERSION + ")");
        }
        TableName table = new TableName(in.readUTF(), in.readUTF());
        List<Column> columns = readColumns(in);
        int keySize = in.readInt();
        List<Integer> key = new ArrayList<>(keySize);
        for (int i = 0; i < keySize; i++) {
            key.add(in.readInt());
        }
        RowIdentity identity = key.isEmpty() ? new RowIdentity.WholeRow() : new RowIdentity.Keyed(key);
        if (version == WITHOUT_ORIGIN) {
            return new Shape(table, columns, identity);
        }
        List<Column> numbered = new ArrayList<>(columns.size());
        for (Column column : columns) {
            int number = in.readInt();
            Optional<String> initially = in.readBoolean() ? Optional.of(readText(in)) : Optional.empty();
            numbered.add(new Column(column.name(), column.type(), number, initially));
        }
        Shape shape = new Shape(table, numbered, identity, readOrigin(in));
        return version == WITHOUT_FILTER ? shape : shape.withFilter(readFilter(in));
    }

    private static void writeFilter(RowFilter filter, DataOutput out) throws IOException {
        out.writeInt(filter.conditions().size());
        for (RowFilter.Condition condition : filter.conditions()) {
            out.writeUTF(condition.column());
            out.writeUTF(condition.operator().name());
            out.writeInt(condition.values().size());
            for (String value : condition.values()) {
                writeText(value, out);
            }
        }
    }

    private static RowFilter readFilter(DataInput in) throws IOException {
        List<RowFilter.Condition> conditions = new ArrayList<>();
        for (int left = in.readInt(); left > 0; left--) {
            String column = in.readUTF();
            RowFilter.Operator operator = RowFilter.Operator.valueOf(in.readUTF());
            List<String> values = new ArrayList<>();
            for (int more = in.readInt(); more > 0; more--) {
                values.add(readText(in));
            }
            conditions.add(new RowFilter.Condition(column, operator, values));
        }
        return new RowFilter(conditions);
    }

    private static void writeOrigin(Origin origin, DataOutput out) throws IOException {
        out.writeInt(origin.relation());
        out.writeBoolean(origin.partitioned());
        out.writeInt(origin.columnsEver());
        out.writeInt(origin.columns().size());
        for (int number : origin.columns()) {
            out.writeInt(number);
        }
        out.writeInt(origin.files().size());
        for (Origin.File file : origin.files()) {
            out.writeInt(file.relation());
            out.writeLong(file.node());
            out.writeBoolean(file.born());
        }
        out.writeUTF(origin.stamps());
    }

    private static Origin readOrigin(DataInput in) throws IOException {
        int relation = in.readInt();
        boolean partitioned = in.readBoolean();
        int columnsEver = in.readInt();
        List<Integer> columns = new ArrayList<>();
        for (int left = in.readInt(); left > 0; left--) {
            columns.add(in.readInt());
        }
        List<Origin.File> files = new ArrayList<>();
        for (int left = in.readInt(); left > 0; left--) {
            files.add(new Origin.File(in.readInt(), in.readLong(), in.readBoolean()));
        }
        return new Origin(relation, partitioned, columnsEver, columns, files, in.readUTF());
    }

    /// A text of any length.
    private static void writeText(String text, DataOutput out) throws IOException {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        out.writeInt(bytes.length);
        out.write(bytes);
    }

    private static String readText(DataInput in) throws IOException {
        byte[] bytes = new byte[in.readInt()];
        in.readFully(bytes);
        return new String(bytes, StandardCharsets.UTF_8);
    }

    private static void writeColumns(List<Column> columns, DataOutput out) throws IOException {
        out.writeInt(columns.size());
        for (Column column : columns) {
            out.writeUTF(column.name());
            writeType(column.type(), out);
        }
    }

    private static List<Column> readColumns(DataInput in) throws IOException {
        int size = in.readInt();
        List<Column> columns = new ArrayList<>(size);
        for (int i = 0; i < size; i++) {
            columns.add(new Column(in.readUTF(), readType(in)));
        }
        return columns;
    }

    private static void writeType(SourceType type, DataOutput out) throws IOException {
        out.writeByte(tag(type));
        out.writeInt(type.oid());
        out.writeUTF(type.name());
        switch (type) {
            case SourceType.Scalar scalar -> {
                out.writeInt(scalar.modifier());
                out.writeBoolean(scalar.binary());
            }
            case SourceType.Enumeration _ -> {}
            case SourceType.Domain domain -> writeType(domain.base(), out);
            case SourceType.ArrayOf array -> writeType(array.element(), out);
            case SourceType.RangeOf range -> writeType(range.element(), out);
            case SourceType.MultirangeOf multirange -> writeType(multirange.element(), out);
            case SourceType.Composite composite -> writeColumns(composite.fields(), out);
            case SourceType.Hashed hashed -> writeType(hashed.of(), out);
        }
    }

    private static int tag(SourceType type) {
        return switch (type) {
            case SourceType.Scalar _ -> SCALAR;
            case SourceType.Enumeration _ -> ENUMERATION;
            case SourceType.Domain _ -> DOMAIN;
            case SourceType.ArrayOf _ -> ARRAY;
            case SourceType.RangeOf _ -> RANGE;
            case SourceType.MultirangeOf _ -> MULTIRANGE;
            case SourceType.Composite _ -> COMPOSITE;
            case SourceType.Hashed _ -> HASHED;
        };
    }

    private static SourceType readType(DataInput in) throws IOException {
        int tag = in.readUnsignedByte();
        int oid = in.readInt();
        String name = in.readUTF();
        return switch (tag) {
            case SCALAR -> new SourceType.Scalar(oid, name, in.readInt(), in.readBoolean());
            case ENUMERATION -> new SourceType.Enumeration(oid, name);
            case DOMAIN -> new SourceType.Domain(oid, name, readType(in));
            case ARRAY -> new SourceType.ArrayOf(oid, name, readType(in));
            case RANGE -> new SourceType.RangeOf(oid, name, readType(in));
            case MULTIRANGE -> new SourceType.MultirangeOf(oid, name, readType(in));
            case COMPOSITE -> new SourceType.Composite(oid, name, readColumns(in));
            case HASHED -> new SourceType.Hashed(readType(in));
            default -> throw new IOException("Invalid kind of type: " + tag + " (must be 1 to 8)");
        };
    }
}
