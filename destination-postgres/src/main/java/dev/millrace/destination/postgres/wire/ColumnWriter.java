package dev.millrace.destination.postgres.wire;

import dev.millrace.core.change.Tuple;
import dev.millrace.core.shape.Oid;
import dev.millrace.core.shape.SourceType;
import dev.millrace.core.shape.WireForm;
import dev.millrace.core.value.PgDate;
import dev.millrace.core.value.PgFloat;
import dev.millrace.core.value.PgInterval;
import dev.millrace.core.value.PgNumeric;
import dev.millrace.core.value.PgText;
import dev.millrace.core.value.PgTime;
import dev.millrace.destination.postgres.type.ServerTypes;
import dev.millrace.destination.postgres.type.TargetType;
import dev.millrace.destination.postgres.type.TargetTypes;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.UUID;

/// Writes the values of one column of the source as the type that it has at the destination reads them.
public final class ColumnWriter {

    private static final int ELEMENT_AT = 8;
    private static final int SIGN_AT = 4;
    private static final int MINUS_INFINITE = 0xF000;
    private static final int INFINITE = 0xD000;

    /// How a value becomes one of the destination's.
    private enum Form {
        /// Its bytes are good as they are.
        AS_IT_IS,
        /// The same in an array whose elements have another object id here.
        ELEMENTS,
        /// A whole number in a column of more digits.
        INTEGER,
        /// A number of single precision in a column of double precision.
        DOUBLE,
        /// An amount as a number.
        MONEY,
        /// What the output function prints.
        PRINTED
    }

    private final SourceType type;
    private final TargetType target;
    private final Form form;
    private final int element;
    private final boolean receives;
    private final boolean mayBeUnfit;

    private ColumnWriter(SourceType type, TargetType target, Form form, int element, boolean receives, boolean mayBeUnfit) {
        this.type = type;
        this.target = target;
        this.form = form;
        this.element = element;
        this.receives = receives;
        this.mayBeUnfit = mayBeUnfit;
    }

    /// The writer for values of a type into a column.
    public static ColumnWriter of(SourceType type, TargetType target, TargetTypes types) {
        SourceType plain = type.underneath();
        OptionalInt element = elementHere(plain, types.server());
        Form form = form(plain, target, types, element);
        boolean receives = WireForm.of(type) == WireForm.BINARY
                && !isRefusedEmpty(plain)
                && ofExtension(plain, types.server()).map(ServerTypes.OfExtension::binary).orElse(true);
        return new ColumnWriter(plain, target, form, element.orElse(0), receives, form == Form.AS_IT_IS && types.mayBeUnfit(plain));
    }

    /// Whether the type's receive function does not take an empty value that its send function has written.
    private static boolean isRefusedEmpty(SourceType type) {
        SourceType plain = type instanceof SourceType.ArrayOf array ? array.element().underneath() : type;
        return switch (plain.oid()) {
            case Oid.TSQUERY, Oid.INT2VECTOR, Oid.OIDVECTOR -> true;
            default -> false;
        };
    }

    private static Form form(SourceType type, TargetType target, TargetTypes types, OptionalInt element) {
        if (target.equals(TargetType.TEXT)) {
            return Form.PRINTED;
        }
        if (type instanceof SourceType.Scalar scalar) {
            switch (scalar.oid()) {
                case Oid.MONEY -> {
                    return Form.MONEY;
                }
                case Oid.INT2, Oid.INT4, Oid.INT8 -> {
                    return types.nativeType(type).filter(target::equals).isPresent() ? Form.AS_IT_IS : Form.INTEGER;
                }
                case Oid.FLOAT4 -> {
                    return target.base().equals("real") ? Form.AS_IT_IS : Form.DOUBLE;
                }
                default -> {
                    return Form.AS_IT_IS;
                }
            }
        }
        return element.isPresent() ? Form.ELEMENTS : Form.AS_IT_IS;
    }

    /// The object id that elements of an array have here, where it is another one than at the source.
    private static OptionalInt elementHere(SourceType type, ServerTypes server) {
        if (!(type instanceof SourceType.ArrayOf array)) {
            return OptionalInt.empty();
        }
        SourceType plain = array.element().underneath();
        if (plain instanceof SourceType.Enumeration) {
            return OptionalInt.of(Oid.TEXT);
        }
        Optional<ServerTypes.OfExtension> extension = ofExtension(plain, server);
        if (extension.isPresent()) {
            return OptionalInt.of(extension.get().oid());
        }
        return array.element().oid() == plain.oid() ? OptionalInt.empty() : OptionalInt.of(plain.oid());
    }

    private static Optional<ServerTypes.OfExtension> ofExtension(SourceType type, ServerTypes server) {
        SourceType plain = type instanceof SourceType.ArrayOf array ? array.element().underneath() : type;
        return plain instanceof SourceType.Scalar scalar ? server.ofExtension(scalar.name()) : Optional.empty();
    }

    /// In which form a copied row has the column's values: the bytes of a binary COPY can be a text.
    public static byte kindOfCopied(SourceType type) {
        return WireForm.of(type) == WireForm.BINARY ? Tuple.BINARY : Tuple.TEXT;
    }

    /// Whether the bytes of a copied row are good as they are.
    public boolean passesCopied() {
        return switch (form) {
            case AS_IT_IS -> receives && !mayBeUnfit;
            case PRINTED -> !PgText.isReprinted(type) && (kindOfCopied(type) == Tuple.TEXT || isText());
            case ELEMENTS, INTEGER, DOUBLE, MONEY -> false;
        };
    }

    /// Whether some values of the column may not be had at the destination.
    public boolean mayBeUnfit() {
        return mayBeUnfit;
    }

    /// Whether the destination can take a value.
    public boolean fits(byte kind, byte[] bytes, int offset, int length) {
        if (!mayBeUnfit) {
            return true;
        }
        if (kind == Tuple.TEXT) {
            int at = length > 0 && bytes[offset] == '-' ? offset + 1 : offset;
            return length == 0 || bytes[at] != 'I' && bytes[at] != 'i';
        }
        if (type.oid() == Oid.INTERVAL) {
            return !PgInterval.read(bytes, offset).isInfinite();
        }
        int sign = Tuple.int16(bytes, offset + SIGN_AT) & 0xFFFF;
        return sign != MINUS_INFINITE && sign != INFINITE;
    }

    /// Whether a value of that form can be sent in binary; in text every value can.
    public boolean isBinary(byte kind) {
        return switch (form) {
            case AS_IT_IS -> kind == Tuple.BINARY ? receives : isText() || isConverted();
            case ELEMENTS -> kind == Tuple.BINARY && receives;
            case INTEGER, DOUBLE, MONEY, PRINTED -> true;
        };
    }

    /// Whether the binary form of a value is its text.
    private boolean isText() {
        return switch (type) {
            case SourceType.Enumeration _, SourceType.Hashed _ -> true;
            case SourceType.Scalar scalar -> switch (scalar.oid()) {
                case Oid.TEXT, Oid.VARCHAR, Oid.BPCHAR, Oid.NAME, Oid.JSON, Oid.REFCURSOR -> true;
                default -> scalar.name().equals("citext/citext");
            };
            case SourceType.Domain _, SourceType.ArrayOf _, SourceType.RangeOf _, SourceType.MultirangeOf _, SourceType.Composite _ -> false;
        };
    }

    /// Whether we turn a text into the binary form.
    private boolean isConverted() {
        return type instanceof SourceType.Scalar scalar
                && switch (scalar.oid()) {
                    case Oid.BOOL, Oid.INT2, Oid.INT4, Oid.INT8, Oid.FLOAT4, Oid.FLOAT8, Oid.NUMERIC -> true;
                    case Oid.JSONB, Oid.UUID, Oid.BYTEA, Oid.DATE, Oid.TIMESTAMP, Oid.TIMESTAMPTZ, Oid.INTERVAL -> true;
                    default -> false;
                };
    }

    /// Writes the binary form of a value; only of one of which [#isBinary] says so.
    void writeBinary(byte kind, byte[] bytes, int offset, int length, RowBuffer out) {
        switch (form) {
            case AS_IT_IS -> {
                if (kind == Tuple.BINARY || isText()) {
                    out.put(bytes, offset, length);
                } else {
                    convert(bytes, offset, length, out);
                }
            }
            case ELEMENTS -> {
                int at = out.length();
                out.put(bytes, offset, length);
                out.set(at + ELEMENT_AT, element);
            }
            case INTEGER -> writeInteger(integer(kind, bytes, offset, length), out);
            case DOUBLE -> out.putInt64(Double.doubleToRawLongBits(single(kind, bytes, offset, length)));
            case MONEY -> out.put(PgNumeric.binary(PgText.of(type, kind, bytes, offset, length)));
            case PRINTED -> out.put(text(kind, bytes, offset, length));
        }
    }

    private void convert(byte[] bytes, int offset, int length, RowBuffer out) {
        switch (type.oid()) {
            case Oid.BOOL -> out.put((byte) (bytes[offset] == 't' ? 1 : 0));
            case Oid.INT2 -> out.putInt16(Short.parseShort(ascii(bytes, offset, length)));
            case Oid.INT4 -> out.putInt32(Integer.parseInt(ascii(bytes, offset, length)));
            case Oid.INT8 -> out.putInt64(Long.parseLong(ascii(bytes, offset, length)));
            case Oid.FLOAT4 -> out.putInt32(Float.floatToIntBits(Float.parseFloat(ascii(bytes, offset, length))));
            case Oid.FLOAT8 -> out.putInt64(Double.doubleToLongBits(Double.parseDouble(ascii(bytes, offset, length))));
            case Oid.NUMERIC -> out.put(PgNumeric.binary(ascii(bytes, offset, length)));
            case Oid.JSONB -> {
                out.put((byte) 1);
                out.put(bytes, offset, length);
            }
            case Oid.UUID -> {
                UUID uuid = UUID.fromString(ascii(bytes, offset, length));
                out.putInt64(uuid.getMostSignificantBits());
                out.putInt64(uuid.getLeastSignificantBits());
            }
            case Oid.BYTEA -> out.put(HexFormat.of().parseHex(ascii(bytes, offset + 2, length - 2)));
            case Oid.DATE -> out.putInt32(PgDate.parse(bytes, offset, length));
            case Oid.TIMESTAMP, Oid.TIMESTAMPTZ -> out.putInt64(PgTime.parseTimestamp(bytes, offset, length));
            case Oid.INTERVAL -> {
                PgInterval interval = PgInterval.parse(bytes, offset, length);
                out.putInt64(interval.micros());
                out.putInt32(interval.days());
                out.putInt32(interval.months());
            }
            default -> throw new IllegalStateException("Invalid form of a value of type %s: text (must be binary)".formatted(type.name()));
        }
    }

    private void writeInteger(long value, RowBuffer out) {
        switch (target.sql()) {
            case "smallint" -> out.putInt16(Math.toIntExact(value));
            case "integer" -> out.putInt32(Math.toIntExact(value));
            case "bigint" -> out.putInt64(value);
            default -> out.put(PgNumeric.binary(Long.toString(value)));
        }
    }

    private long integer(byte kind, byte[] bytes, int offset, int length) {
        if (kind == Tuple.TEXT) {
            return Long.parseLong(ascii(bytes, offset, length));
        }
        return switch (length) {
            case Short.BYTES -> Tuple.int16(bytes, offset);
            case Integer.BYTES -> Tuple.int32(bytes, offset);
            default -> Tuple.int64(bytes, offset);
        };
    }

    private static float single(byte kind, byte[] bytes, int offset, int length) {
        return kind == Tuple.TEXT ? Float.parseFloat(ascii(bytes, offset, length)) : Float.intBitsToFloat(Tuple.int32(bytes, offset));
    }

    /// The text of a value, as the column's type reads it.
    public byte[] text(byte kind, byte[] bytes, int offset, int length) {
        if (form == Form.DOUBLE) {
            return PgFloat.text((double) single(kind, bytes, offset, length)).getBytes(StandardCharsets.US_ASCII);
        }
        boolean isPrinted = kind == Tuple.TEXT ? !PgText.isReprinted(type) : isText();
        return isPrinted
                ? Arrays.copyOfRange(bytes, offset, offset + length)
                : PgText.of(type, kind, bytes, offset, length).getBytes(StandardCharsets.UTF_8);
    }

    private static String ascii(byte[] bytes, int offset, int length) {
        return new String(bytes, offset, length, StandardCharsets.US_ASCII);
    }
}
