package dev.millrace.testkit.change;

import dev.millrace.core.change.Tuple;
import dev.millrace.core.shape.Oid;
import dev.millrace.core.shape.Shape;
import dev.millrace.core.shape.SourceType;
import dev.millrace.core.shape.WireForm;
import dev.millrace.core.value.PgNumeric;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Packs rows written as text: into pgoutput's tuples, in text or in binary, and into rows of a binary COPY.
final class TupleText {

    private static final long DAYS = LocalDate.of(2000, 1, 1).toEpochDay();

    private TupleText() {}

    /// A tuple of the log.
    ///
    /// @param binary whether values are in binary where their type is
    static byte[] logged(Shape shape, List<@Nullable String> values, boolean binary) {
        check(shape, values);
        return pack(out -> {
            out.writeShort(values.size());
            for (int i = 0; i < values.size(); i++) {
                String value = values.get(i);
                SourceType type = shape.columns().get(i).type();
                if (value == null) {
                    out.writeByte(Tuple.NULL);
                } else if (value.equals(ChangeScript.UNCHANGED)) {
                    out.writeByte(Tuple.UNCHANGED);
                } else {
                    boolean isBinary = binary && WireForm.of(type) == WireForm.BINARY;
                    byte[] bytes = isBinary ? binary(type, value) : value.getBytes(StandardCharsets.UTF_8);
                    out.writeByte(isBinary ? Tuple.BINARY : Tuple.TEXT);
                    out.writeInt(bytes.length);
                    out.write(bytes);
                }
            }
        });
    }

    /// A row of a binary COPY.
    static byte[] copied(Shape shape, List<@Nullable String> values) {
        check(shape, values);
        return pack(out -> {
            out.writeShort(values.size());
            for (int i = 0; i < values.size(); i++) {
                String value = values.get(i);
                SourceType type = shape.columns().get(i).type();
                if (value == null) {
                    out.writeInt(-1);
                } else {
                    byte[] bytes =
                            WireForm.of(type) == WireForm.BINARY ? binary(type, value) : value.getBytes(StandardCharsets.UTF_8);
                    out.writeInt(bytes.length);
                    out.write(bytes);
                }
            }
        });
    }

    private static void check(Shape shape, List<@Nullable String> values) {
        if (values.size() != shape.columns().size()) {
            throw new IllegalArgumentException(
                    "Invalid row of %s: %d values (must be %d)".formatted(shape.table(), values.size(), shape.columns().size()));
        }
    }

    private interface Packing {
        void write(DataOutputStream out) throws IOException;
    }

    private static byte[] pack(Packing packing) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            packing.write(out);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    /// The bytes of the send function, for the types of [Shapes].
    private static byte[] binary(SourceType type, String value) {
        int oid = type.underneath() instanceof SourceType.Scalar scalar ? scalar.oid() : Oid.TEXT;
        return switch (oid) {
            case Oid.BOOL -> new byte[] {(byte) (value.equals("t") ? 1 : 0)};
            case Oid.INT2 -> ByteBuffer.allocate(2).putShort(Short.parseShort(value)).array();
            case Oid.INT4 -> ByteBuffer.allocate(4).putInt(Integer.parseInt(value)).array();
            case Oid.INT8 -> ByteBuffer.allocate(8).putLong(Long.parseLong(value)).array();
            case Oid.FLOAT8 -> ByteBuffer.allocate(8).putDouble(Double.parseDouble(value)).array();
            case Oid.TEXT, Oid.JSON -> value.getBytes(StandardCharsets.UTF_8);
            case Oid.NUMERIC -> PgNumeric.binary(value);
            case Oid.DATE -> ByteBuffer.allocate(4).putInt((int) (LocalDate.parse(value).toEpochDay() - DAYS)).array();
            case Oid.TIMESTAMP -> ByteBuffer.allocate(8).putLong(micros(LocalDateTime.parse(value.replace(' ', 'T')))).array();
            case Oid.UUID -> uuid(java.util.UUID.fromString(value));
            default -> throw new IllegalArgumentException("Invalid type for a row by hand: " + type.name() + " (must be one of Shapes)");
        };
    }

    private static byte[] uuid(java.util.UUID value) {
        return ByteBuffer.allocate(16)
                .putLong(value.getMostSignificantBits())
                .putLong(value.getLeastSignificantBits())
                .array();
    }

    private static long micros(LocalDateTime time) {
        return (time.toEpochSecond(ZoneOffset.UTC) - DAYS * 86_400) * 1_000_000 + time.getNano() / 1000;
    }
}
