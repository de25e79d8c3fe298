package dev.millrace.core.shape;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

/// Tells whether a table can follow its source from one shape to a later one in place, or has to be copied again.
///
/// The log carries rows that changed, never those that a change of shape has altered or brought. In place means: columns are added,
/// each with one value for all older rows, renamed, dropped or widened. Whatever is not proven to be that is copied again, which is
/// always right. So both shapes may be newer than the rows that the log brings at the moment; they may not be older than those that
/// the destination has.
public final class Evolution {

    private Evolution() {}

    /// Why a table has to be copied again; empty if it can follow in place.
    ///
    /// @param before the shape that the destination has
    /// @param after the shape that the catalogue has now
    public static Optional<String> obstacle(Shape before, Shape after) {
        Optional<String> chosen = chosen(before, after);
        if (chosen.isPresent()) {
            return chosen;
        }
        if (!before.origin().isKnown() || !after.origin().isKnown()) {
            return Optional.empty();
        }
        if (before.origin().relation() != after.origin().relation()) {
            return Optional.of("The table was dropped, and another one made under its name.");
        }
        return rewrite(before.origin(), after.origin()).or(() -> key(before, after)).or(() -> columns(before, after));
    }

    /// Why a table has to be copied again where nothing tells of rows that end: its rows lie in other files than before, as they do after
    /// `TRUNCATE`, `VACUUM FULL` and `CLUSTER`, of which only the first ends rows; a part of [#obstacle] for tables in partitions.
    public static Optional<String> rewritten(Shape before, Shape after) {
        boolean known = before.origin().isKnown() && after.origin().isKnown() && !after.origin().partitioned();
        return known && !before.origin().files().equals(after.origin().files())
                ? Optional.of("Its rows were truncated or rewritten, which shows in its files only.")
                : Optional.empty();
    }

    private static Optional<String> rewrite(Origin before, Origin after) {
        if (before.partitioned() || after.partitioned()) {
            return partitions(before, after);
        }
        boolean rewritten = !before.files().equals(after.files()) && !before.stamps().equals(after.stamps());
        return rewritten ? Optional.of("Its rows were rewritten when a column was added or altered.") : Optional.empty();
    }

    /// Rows that come and go with their partition are not in the log, nor is a partition's own truncate.
    private static Optional<String> partitions(Origin before, Origin after) {
        Map<Integer, Origin.File> now = after.files().stream().collect(Collectors.toMap(Origin.File::relation, Function.identity()));
        Map<Integer, Origin.File> then = before.files().stream().collect(Collectors.toMap(Origin.File::relation, Function.identity()));
        for (Origin.File file : before.files()) {
            Origin.File still = now.get(file.relation());
            if (still == null) {
                return Optional.of("A partition was detached or dropped.");
            }
            if (still.node() != file.node()) {
                return Optional.of("A partition was truncated or rewritten.");
            }
        }
        boolean attached = after.files().stream().anyMatch(file -> !then.containsKey(file.relation()) && !file.born());
        return attached ? Optional.of("A table was attached to it as a partition.") : Optional.empty();
    }

    private static Optional<String> key(Shape before, Shape after) {
        List<Integer> was = before.keyPlaces();
        List<Integer> is = after.keyPlaces();
        boolean same = was.size() == is.size();
        for (int i = 0; same && i < was.size(); i++) {
            same = isSame(before.columns().get(was.get(i)), after.columns().get(is.get(i)));
        }
        return same ? Optional.empty() : Optional.of("Its rows are told apart by another key.");
    }

    /// Why rows that were copied by what the user chose then are not those that are wanted now; empty if they are. Part of [#obstacle].
    public static Optional<String> choice(Shape before, Shape after) {
        if (!before.filter().equals(after.filter())) {
            return Optional.of("Its row filter was changed.");
        }
        for (Column column : after.columns()) {
            Optional<Column> was = earlier(before, column);
            if (was.isPresent() && was.get().isHashed() != column.isHashed()) {
                return Optional.of((column.isHashed()
                                ? "Column %s is to be hashed from now on; what its earlier rows held in clear is removed."
                                : "Column %s is to be copied in clear from now on; the hashes of its earlier rows are removed.")
                        .formatted(column.name()));
            }
        }
        return Optional.empty();
    }

    /// The column of the same number, or of the same name where a number is not known.
    public static Optional<Column> earlier(Shape before, Column column) {
        return before.columns().stream().filter(was -> isSame(was, column)).findFirst();
    }

    /// The names of the columns, in the earlier shape or this one, in which rows of an earlier copy may hold what is of no use in this
    /// one: values in clear where they are hashed now, or hashes where they are in clear.
    ///
    /// @param before the shape of the earlier copy; empty where it is not known
    public static Set<String> rehashed(Optional<Shape> before, Shape after) {
        Set<String> names = new LinkedHashSet<>();
        for (Column column : after.columns()) {
            Optional<Column> was = before.flatMap(shape -> earlier(shape, column));
            if (column.isHashed() != was.map(Column::isHashed).orElse(false)) {
                names.add(column.name());
                was.ifPresent(renamed -> names.add(renamed.name()));
            }
        }
        return names;
    }

    /// What follows from a choice is made anew when the choice changes, or the types that it builds on: other rows pass a filter, and hashes
    /// cannot be turned into one another.
    private static Optional<String> chosen(Shape before, Shape after) {
        Optional<String> choice = choice(before, after);
        if (choice.isPresent()) {
            return choice;
        }
        for (RowFilter.Condition condition : after.filter().conditions()) {
            Optional<Ordering> was = before.column(condition.column()).flatMap(column -> Ordering.of(column.type()));
            if (!condition.operator().asksForNull() && !was.equals(after.column(condition.column()).flatMap(column -> Ordering.of(column.type())))) {
                return Optional.of("The type of column %s, by which its rows are filtered, was changed.".formatted(condition.column()));
            }
        }
        for (Column column : after.columns()) {
            Optional<Column> was = earlier(before, column);
            if (was.isPresent()
                    && was.get().type() instanceof SourceType.Hashed(SourceType then)
                    && column.type() instanceof SourceType.Hashed(SourceType now)
                    && !isPrintedAlike(then.underneath(), now.underneath())) {
                return Optional.of("The type of column %s, which is hashed, was changed.".formatted(column.name()));
            }
        }
        return Optional.empty();
    }

    private static boolean isPrintedAlike(SourceType one, SourceType other) {
        boolean scalars = one instanceof SourceType.Scalar && other instanceof SourceType.Scalar;
        return one.equals(other) || scalars && (one.oid() == other.oid() || isText(one) && isText(other));
    }

    private static boolean isText(SourceType type) {
        return type.oid() == Oid.TEXT || type.oid() == Oid.VARCHAR;
    }

    private static boolean isSame(Column one, Column other) {
        boolean numbered = one.number() != 0 && other.number() != 0;
        return numbered ? one.number() == other.number() : one.name().equals(other.name());
    }

    private static Optional<String> columns(Shape before, Shape after) {
        for (Column column : after.columns()) {
            Optional<Column> was = before.column(column.number());
            Optional<String> obstacle = was.isEmpty() ? added(before, after, column) : reread(was.get(), column);
            if (obstacle.isPresent()) {
                return obstacle;
            }
        }
        return Optional.empty();
    }

    /// Rows that stay as they are at the source can still read otherwise.
    private static Optional<String> reread(Column was, Column is) {
        return isReadAlike(was.type(), is.type())
                ? Optional.empty()
                : Optional.of("Earlier values of column %s read otherwise now: its type was altered, or what its values are made of, or `lc_monetary`."
                        .formatted(is.name()));
    }

    /// Whether the bytes of a value at the source, unchanged, are the same value of either type.
    private static boolean isReadAlike(SourceType one, SourceType other) {
        return switch (one.underneath()) {
            case SourceType.Scalar scalar -> isReadAlike(scalar, other.underneath());
            case SourceType.ArrayOf array -> !(other.underneath() instanceof SourceType.ArrayOf now) || isReadAlike(array.element(), now.element());
            case SourceType.RangeOf range -> !(other.underneath() instanceof SourceType.RangeOf now) || isReadAlike(range.element(), now.element());
            case SourceType.MultirangeOf ranges ->
                !(other.underneath() instanceof SourceType.MultirangeOf now) || isReadAlike(ranges.element(), now.element());
            case SourceType.Composite row -> !(other.underneath() instanceof SourceType.Composite now) || isReadAlike(row, now);
            case SourceType.Enumeration _, SourceType.Domain _, SourceType.Hashed _ -> true;
        };
    }

    private static boolean isReadAlike(SourceType.Composite one, SourceType.Composite other) {
        boolean alike = one.fields().size() == other.fields().size();
        for (int i = 0; alike && i < one.fields().size(); i++) {
            Column was = one.fields().get(i);
            Column is = other.fields().get(i);
            alike = was.name().equals(is.name()) && isReadAlike(was.type(), is.type());
        }
        return alike;
    }

    /// Of two types that PostgreSQL takes for one another without touching the rows, most print them differently: `timestamp` and
    /// `timestamptz`, `cidr` and `inet`, `int4` and `oid`.
    private static boolean isReadAlike(SourceType.Scalar one, SourceType other) {
        if (!(other instanceof SourceType.Scalar now)) {
            return true;
        }
        if (one.oid() == now.oid()) {
            return one.oid() != Oid.MONEY || one.modifier() == now.modifier();
        }
        return isPrintedAsStored(one) && isPrintedAsStored(now) || isBits(one) && isBits(now);
    }

    private static boolean isPrintedAsStored(SourceType type) {
        return isText(type) || type.oid() == Oid.BPCHAR || ExtensionType.CITEXT.is(type);
    }

    private static boolean isBits(SourceType type) {
        return type.oid() == Oid.BIT || type.oid() == Oid.VARBIT;
    }

    private static Optional<String> added(Shape before, Shape after, Column column) {
        Optional<Column> namesake = before.column(column.name());
        if (namesake.isPresent() && (namesake.get().number() != 0 || column.initially().isPresent())) {
            return Optional.of("Column %s was dropped and added again, or was added while the log was far behind.".formatted(column.name()));
        }
        if (namesake.isPresent()) {
            return Optional.empty();
        }
        int ever = before.origin().columnsEver();
        if (column.number() <= ever) {
            return Optional.of("Column %s was there before, but was not copied.".formatted(column.name()));
        }
        for (int number = ever + 1; number < column.number(); number++) {
            if (!after.origin().columns().contains(number)) {
                return Optional.of("A column was added and dropped before column %s was added.".formatted(column.name()));
            }
        }
        return Optional.empty();
    }
}
