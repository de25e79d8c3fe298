package dev.millrace.source.teleport;

import dev.millrace.core.shape.Column;
import dev.millrace.core.shape.Oid;
import dev.millrace.core.shape.Shape;
import dev.millrace.core.shape.SourceType;
import dev.millrace.core.shape.TableName;
import dev.millrace.core.shape.WireForm;
import dev.millrace.postgres.sql.HashedValue;
import dev.millrace.postgres.sql.PrintedValue;
import java.util.stream.Collectors;

/// PostgreSQL's expressions for the key of a table's row.
///
/// They call what hash partitioning calls since version 11, whose results are the same in every later version, since a dump would not fit its
/// partitions otherwise; but never a function that depends on a collation.
public final class KeySql {

    private KeySql() {}

    /// The 64-bit hash of a row's key: equal for equal keys, also if the session, its settings or the server's version are others.
    ///
    /// Whole numbers are hashed as numbers, so two keys out of 2^32 share a hash; UUIDs by their bytes; all else as it is printed. A hashed
    /// column goes by the hash that stands for its value, for which the transaction must have the [salt][HashedValue#giveSalt]: of the value
    /// itself, a short hash without salt would give too much away.
    public static String hash(Shape shape) {
        if (!shape.isKeyed()) {
            throw new IllegalArgumentException("Invalid shape of %s: without a key (must have one)".formatted(shape.table()));
        }
        // A hash is the seed of the next, so no lengths have to be between them.
        String hash = "0";
        for (int place : shape.keyPlaces()) {
            hash = hash(shape.columns().get(place), hash);
        }
        return hash;
    }

    private static String hash(Column column, String seed) {
        String name = TableName.quote(column.name());
        if (column.isHashed()) {
            return textHash(HashedValue.of(PrintedValue.of(name)), seed);
        }
        if (column.type().underneath() instanceof SourceType.Scalar scalar) {
            switch (scalar.oid()) {
                case Oid.INT2, Oid.INT4, Oid.INT8 -> {
                    return "hashint8extended(%s::int8, %s)".formatted(name, seed);
                }
                case Oid.UUID -> {
                    return "uuid_hash_extended(%s, %s)".formatted(name, seed);
                }
                case Oid.TEXT, Oid.VARCHAR -> {
                    return textHash(name + "::text", seed);
                }
                default -> {
                    return textHash(PrintedValue.of(name), seed);
                }
            }
        }
        return textHash(PrintedValue.of(name), seed);
    }

    private static String textHash(String text, String seed) {
        return "hashtextextended((%s) COLLATE \"C\", %s)".formatted(text, seed);
    }

    /// The key's fields, one behind the other: each as it is copied, or as the hash that stands for it, for which the transaction must have
    /// the [salt][HashedValue#giveSalt].
    public static String fields(Shape shape) {
        return shape.keyPlaces().stream().map(place -> field(shape.columns().get(place))).collect(Collectors.joining(", "));
    }

    /// The key's columns.
    static String names(Shape shape) {
        return shape.keyPlaces().stream().map(place -> TableName.quote(shape.columns().get(place).name())).collect(Collectors.joining(", "));
    }

    private static String field(Column column) {
        String name = TableName.quote(column.name());
        if (column.isHashed()) {
            return HashedValue.of(PrintedValue.of(name));
        }
        return switch (WireForm.of(column.type())) {
            case BINARY -> name;
            case TEXT -> PrintedValue.of(name);
        };
    }
}
