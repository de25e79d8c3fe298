package dev.millrace.destination.postgres;

import dev.millrace.core.fault.Fault;
import dev.millrace.core.fault.FaultKind;
import dev.millrace.core.shape.Column;
import dev.millrace.core.shape.Shape;
import dev.millrace.destination.postgres.type.TargetType;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/// The columns by which rows of a table are told apart, as the destination compares them.
///
/// Some types take values for equal that the source shows differently: 0 and -0, a month and thirty days, texts with and without blanks at
/// their end. A change of one into the other is another key to us, so both may be here: their texts are compared too, and no index can be
/// unique.
final class RowKey {

    /// The types whose values are equal only if they are the same, but for the zeros at the end of a number, which are nothing to a key.
    private static final Set<String> EXACT = Set.of(
            "smallint", "integer", "bigint", "numeric", "boolean", "text", "character varying", "character", "name", "uuid", "bytea", "oid", "date",
            "time without time zone", "time with time zone", "timestamp without time zone", "timestamp with time zone", "bit", "bit varying",
            "inet", "cidr", "macaddr", "macaddr8", "pg_lsn", "xid8");

    private final Shape shape;
    private final TargetTable target;

    RowKey(Shape shape, TargetTable target) {
        this.shape = shape;
        this.target = target;
    }

    private List<Column> columns() {
        return shape.keyPlaces().stream().map(shape.columns()::get).toList();
    }

    /// What is said of a value in the key that the destination's version does not have: turned into text, numbers of one value would be many keys.
    static Fault unfit(Shape shape, Column column) {
        return new Fault(
                FaultKind.VALUE_UNFIT,
                shape.table().toString(),
                "Column %s belongs to the key of %s and has an infinite number, which the destination's version of PostgreSQL does not know; nothing was written with it."
                        .formatted(column.name(), shape.table()),
                "Copy into PostgreSQL 14 or later, or leave the table out.");
    }

    /// The columns' names here, quoted.
    List<String> names() {
        return columns().stream().map(target::quoted).toList();
    }

    /// Whether no two rows can be equal in it without being of one key.
    boolean isExact() {
        return columns().stream().allMatch(column -> isExact(target.typeOf(column)));
    }

    private static boolean isExact(TargetType type) {
        return EXACT.contains(type.base());
    }

    /// The condition that a row `t` of the table has the key of a staged row `s`.
    String matches() {
        return String.join(" AND ", shape.keyPlaces().stream().map(place -> matches(place, "s.c" + place)).toList());
    }

    /// The condition that a row `t` of the table has a value in a column of the key.
    ///
    /// @param place of the column in the shape
    String matches(int place, String value) {
        Column column = shape.columns().get(place);
        return equal("t." + target.quoted(column), value, target.typeOf(column));
    }

    /// The condition that rows of two tables, whose columns have the same names and types, are of one key.
    String matches(String one, String other) {
        List<String> conditions = new ArrayList<>();
        for (Column column : columns()) {
            String name = target.quoted(column);
            conditions.add(equal(one + "." + name, other + "." + name, target.typeOf(column)));
        }
        return String.join(" AND ", conditions);
    }

    private static String equal(String one, String other, TargetType type) {
        String equal = one + " = " + other;
        return isExact(type) ? equal : equal + " AND " + one + "::text = " + other + "::text";
    }

    /// What rows are grouped by, of one column, so that those of one key are together.
    ///
    /// @param place of the column in the shape
    List<String> groups(int place, String value) {
        boolean isExact = isExact(target.typeOf(shape.columns().get(place)));
        return isExact ? List.of(value) : List.of(value, value + "::text");
    }

    /// What rows of the table are grouped by.
    List<String> groups() {
        return shape.keyPlaces().stream()
                .flatMap(place -> groups(place, target.quoted(shape.columns().get(place))).stream())
                .toList();
    }
}
