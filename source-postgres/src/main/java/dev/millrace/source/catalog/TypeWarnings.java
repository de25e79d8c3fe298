package dev.millrace.source.catalog;

import dev.millrace.core.fault.Fault;
import dev.millrace.core.fault.FaultKind;
import dev.millrace.core.shape.Column;
import dev.millrace.core.shape.ExtensionType;
import dev.millrace.core.shape.Shape;
import dev.millrace.core.shape.SourceType;
import dev.millrace.core.shape.TableName;
import dev.millrace.core.shape.WireForm;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/// What a person should know of a column's type.
public final class TypeWarnings {

    private static final int FIRST_OF_USERS = 16_384;

    /* Extensions of PostgreSQL itself: what their text looks like is no surprise. */
    private static final List<String> FAMILIAR =
            List.of("citext/", "cube/", "hstore/", "intarray/", "isn/", "ltree/", "seg/");

    private TypeWarnings() {}

    /// The warning for a column of a type, or with a type within, that we know nothing of, or that has the log read as text.
    ///
    /// @param logMayBeBinary whether the server can send the log in binary at all
    static Optional<String> of(Column column, boolean logMayBeBinary) {
        Optional<SourceType.Scalar> unknown = within(column.type(), TypeWarnings::isUnknown);
        boolean slows = logMayBeBinary && WireForm.mustBeLoggedAsText(column.type());
        if (unknown.isEmpty() && !slows) {
            return Optional.empty();
        }
        String type = unknown.<SourceType>map(found -> found).orElse(column.type()).name().replace('/', '.');
        return Optional.of("Column %s is of type %s%s.%s".formatted(
                column.name(),
                type,
                unknown.isEmpty() ? "" : ", which Millrace does not know: its values are kept as PostgreSQL's text of them",
                slows ? " Because of it the log of all tables is read as text, which is slower; excluding the column would change that." : ""));
    }

    /// Checks that every type of a shape is in the catalogue: PostgreSQL cannot print the values of one that is not.
    ///
    /// @throws Fault if one has gone from it
    public static void checkThere(Shape shape) {
        for (Column column : shape.columns()) {
            within(column.type(), type -> type.name().startsWith(TypeCatalog.GONE)).ifPresent(type -> {
                throw gone(shape.table(), column.name(), type);
            });
        }
    }

    private static Fault gone(TableName table, String column, SourceType type) {
        return new Fault(
                FaultKind.SOURCE_REFUSED,
                table.toString(),
                "Column %s of %s is of type %s, which is not in the source's catalogue any more, so the table cannot be copied."
                        .formatted(column, table, Integer.toUnsignedString(type.oid())),
                "Restore the type (its row of pg_type), or run `ALTER TABLE %s DROP COLUMN %s;`, or exclude the column."
                        .formatted(table.quoted(), TableName.quote(column)));
    }

    /// The first scalar type within a type that is as asked for.
    private static Optional<SourceType.Scalar> within(SourceType type, Predicate<SourceType.Scalar> wanted) {
        return switch (type) {
            case SourceType.Scalar scalar -> Optional.of(scalar).filter(wanted);
            case SourceType.Enumeration _, SourceType.Hashed _ -> Optional.empty();
            case SourceType.Domain domain -> within(domain.base(), wanted);
            case SourceType.ArrayOf array -> within(array.element(), wanted);
            case SourceType.RangeOf range -> within(range.element(), wanted);
            case SourceType.MultirangeOf multirange -> within(multirange.element(), wanted);
            case SourceType.Composite composite ->
                composite.fields().stream().flatMap(field -> within(field.type(), wanted).stream()).findFirst();
        };
    }

    private static boolean isUnknown(SourceType.Scalar type) {
        return Integer.toUnsignedLong(type.oid()) >= FIRST_OF_USERS
                && ExtensionType.of(type).isEmpty()
                && FAMILIAR.stream().noneMatch(type.name()::startsWith);
    }
}
