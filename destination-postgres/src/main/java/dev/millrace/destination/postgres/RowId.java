package dev.millrace.destination.postgres;

import dev.millrace.core.shape.Column;
import dev.millrace.core.shape.Shape;
import dev.millrace.destination.postgres.type.TargetType;
import dev.millrace.destination.postgres.type.TargetTypes;
import dev.millrace.postgres.sql.PrintedValue;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;

/// The SQL expression of a row's identity in a table without a key: a hash of the names at the source and the values of all columns that are
/// not null, so that a column that is added and still null everywhere changes none.
///
/// What is hashed is what the output functions print in our sessions; except floating-point numbers, which versions print differently.
final class RowId {

    private RowId() {}

    /// The expression over the columns of the table.
    static String of(TargetTable target, Shape shape) {
        return of(target, shape, place -> target.quoted(shape.columns().get(place)));
    }

    /// The expression over columns that are called otherwise, and have the same types.
    ///
    /// @param named the expression of the column at a place
    static String of(TargetTable target, Shape shape, IntFunction<String> named) {
        List<String> parts = new ArrayList<>();
        for (int place = 0; place < shape.columns().size(); place++) {
            Column column = shape.columns().get(place);
            String text = text(named.apply(place), target.typeOf(column));
            String label = column.name().replace("'", "''");
            parts.add("'" + label + "=' || octet_length(" + text + ") || ':' || " + text + " || ';'");
        }
        return parts.isEmpty() ? "md5('')::uuid" : "md5(" + joined(parts) + ")::uuid";
    }

    private static String joined(List<String> parts) {
        return String.join(" || ", parts.stream().map(part -> "coalesce(" + part + ", '')").toList());
    }

    private static String text(String column, TargetType type) {
        return TargetTypes.senderOfFloats(type)
                .map(sender -> bytes(column, sender, type))
                .orElseGet(() -> type.equals(TargetType.TEXT) ? column : PrintedValue.of(column));
    }

    /// A NaN may have any bits.
    private static String bytes(String column, String sender, TargetType type) {
        String bytes = "encode(" + sender + "(" + column + "), 'hex')";
        boolean isNumber = List.of("real", "double precision").contains(type.sql());
        return isNumber ? "CASE WHEN " + column + " = 'NaN' THEN 'NaN' ELSE " + bytes + " END" : bytes;
    }
}
