package dev.millrace.destination.postgres.type;

import dev.millrace.core.shape.Oid;
import dev.millrace.core.shape.SourceType;
import java.util.Map;
import java.util.Optional;

/// Which type a column gets at the destination: the source's own wherever it means the same there, and text where not.
public final class TargetTypes {

    /// A number of that many digits holds every amount of `money`.
    private static final int MONEY_DIGITS = 19;

    /// Of types made of floating-point numbers, which versions print differently, the functions that give their bytes.
    private static final Map<String, String> SENDERS = Map.of(
            "real", "float4send",
            "double precision", "float8send",
            "point", "point_send",
            "line", "line_send",
            "lseg", "lseg_send",
            "path", "path_send",
            "box", "box_send",
            "polygon", "poly_send",
            "circle", "circle_send");

    private final ServerTypes server;

    /// Chooses among what a server has.
    public TargetTypes(ServerTypes server) {
        this.server = server;
    }

    /// The function that gives the bytes of a value, for types made of floating-point numbers and arrays of them.
    public static Optional<String> senderOfFloats(TargetType type) {
        TargetType single = type.isArray() ? type.element() : type;
        return Optional.ofNullable(SENDERS.get(single.base())).map(sender -> type.isArray() ? "array_send" : sender);
    }

    /// The server's types.
    public ServerTypes server() {
        return server;
    }

    /// The type for a column.
    ///
    /// @param inKey whether rows are told apart by it: by its bytes, which not every type of an extension does
    public TargetType of(SourceType type, boolean inKey) {
        return nativeType(type).filter(_ -> !inKey || !isOfExtension(type) && !(mayBeUnfit(type) && type.underneath().oid() == Oid.INTERVAL)).orElseGet(() -> instead(type));
    }

    private static TargetType instead(SourceType type) {
        return type.underneath() instanceof SourceType.Scalar scalar && scalar.oid() == Oid.MONEY
                ? new TargetType("numeric(%d,%d)".formatted(MONEY_DIGITS, Math.max(scalar.modifier(), 0)))
                : TargetType.TEXT;
    }

    /// The type with the same values here; empty if there is none.
    public Optional<TargetType> nativeType(SourceType type) {
        return switch (type) {
            case SourceType.Hashed _, SourceType.Composite _, SourceType.Enumeration _ -> Optional.empty();
            case SourceType.Domain domain -> nativeType(domain.base());
            case SourceType.Scalar scalar -> isOfExtension(scalar)
                    ? server.ofExtension(scalar.name()).map(ServerTypes.OfExtension::type)
                    : builtIn(scalar);
            case SourceType.ArrayOf array -> element(array.element());
            case SourceType.RangeOf range -> holdsInfinities(range.element()) ? Optional.empty() : named(range.oid(), range.name());
            case SourceType.MultirangeOf range -> holdsInfinities(range.element()) ? Optional.empty() : named(range.oid(), range.name());
        };
    }

    /// Labels are texts in an array too.
    private Optional<TargetType> element(SourceType element) {
        SourceType plain = element.underneath();
        if (plain instanceof SourceType.Enumeration) {
            return Optional.of(TargetType.TEXT.array());
        }
        boolean mayBe = !(plain instanceof SourceType.ArrayOf) && !holdsInfinities(plain);
        return mayBe ? nativeType(plain).map(TargetType::array) : Optional.empty();
    }

    /// Whether values can hold a number or an interval that is infinite at the source, and that this server cannot take.
    private boolean holdsInfinities(SourceType type) {
        return type.underneath() instanceof SourceType.Scalar scalar && mayBeUnfit(scalar);
    }

    /// Whether some value of a type is not to be had here, although the type is.
    public boolean mayBeUnfit(SourceType type) {
        return switch (type.underneath().oid()) {
            case Oid.NUMERIC -> !server.hasInfiniteNumbers() && type.underneath() instanceof SourceType.Scalar scalar && scalar.modifier() < 0;
            case Oid.INTERVAL -> !server.hasInfiniteIntervals();
            default -> false;
        };
    }

    private static boolean isOfExtension(SourceType type) {
        return type.underneath() instanceof SourceType.Scalar scalar && scalar.name().indexOf('/') >= 0;
    }

    private Optional<TargetType> named(int oid, String name) {
        return server.builtIn(oid).filter(name::equals).map(TargetType::new);
    }

    private Optional<TargetType> builtIn(SourceType.Scalar type) {
        return switch (type.oid()) {
            case Oid.BOOL -> type("boolean");
            case Oid.INT2 -> type("smallint");
            case Oid.INT4 -> type("integer");
            case Oid.INT8 -> type("bigint");
            case Oid.FLOAT4 -> type("real");
            case Oid.FLOAT8 -> type("double precision");
            case Oid.NUMERIC -> Optional.of(numeric(type.modifier()));
            case Oid.VARCHAR -> type("character varying" + length(type.modifier() - 4));
            case Oid.BPCHAR -> type(type.modifier() < 0 ? "bpchar" : "character" + length(type.modifier() - 4));
            case Oid.BIT -> type(type.modifier() < 0 ? "bit varying" : "bit" + length(type.modifier()));
            case Oid.VARBIT -> type("bit varying" + length(type.modifier()));
            case Oid.TIME -> type("time%s without time zone".formatted(precision(type.modifier())));
            case Oid.TIMETZ -> type("time%s with time zone".formatted(precision(type.modifier())));
            case Oid.TIMESTAMP -> type("timestamp%s without time zone".formatted(precision(type.modifier())));
            case Oid.TIMESTAMPTZ -> type("timestamp%s with time zone".formatted(precision(type.modifier())));
            case Oid.XML -> server.hasXml() ? type("xml") : Optional.empty();
            case Oid.TEXT, Oid.NAME, Oid.OID, Oid.REFCURSOR, Oid.BYTEA, Oid.UUID, Oid.JSON, Oid.JSONB, Oid.JSONPATH -> named(type.oid(), type.name());
            case Oid.DATE, Oid.INTERVAL, Oid.INET, Oid.CIDR, Oid.MACADDR, Oid.MACADDR8 -> named(type.oid(), type.name());
            case Oid.POINT, Oid.LINE, Oid.LSEG, Oid.PATH, Oid.BOX, Oid.POLYGON, Oid.CIRCLE -> named(type.oid(), type.name());
            case Oid.TSVECTOR, Oid.TSQUERY, Oid.TID, Oid.XID, Oid.CID, Oid.XID8 -> named(type.oid(), type.name());
            case Oid.PG_LSN, Oid.TXID_SNAPSHOT, Oid.PG_SNAPSHOT, Oid.INT2VECTOR, Oid.OIDVECTOR -> named(type.oid(), type.name());
            // `money` means another amount in another locale, `regclass` and its like another object; and `"char"` holds bytes that are no text.
            default -> Optional.empty();
        };
    }

    private static Optional<TargetType> type(String sql) {
        return Optional.of(new TargetType(sql));
    }

    private static String length(int length) {
        return length > 0 ? "(%d)".formatted(length) : "";
    }

    private static String precision(int modifier) {
        return modifier >= 0 ? "(%d)".formatted(modifier) : "";
    }

    /// The scale has eleven bits with a sign from version 15 on, and lay in the same place before.
    private TargetType numeric(int modifier) {
        if (modifier < 4) {
            return TargetType.NUMERIC;
        }
        int precision = (modifier - 4) >> 16 & 0xFFFF;
        int scale = ((modifier - 4 & 0x7FF) ^ 1024) - 1024;
        boolean older = server.version() < 15 && (scale < 0 || scale > precision);
        return older ? TargetType.NUMERIC : new TargetType("numeric(%d,%d)".formatted(precision, scale));
    }
}
