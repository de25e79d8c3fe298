package dev.millrace.source.catalog;

import dev.millrace.core.shape.Column;
import dev.millrace.core.shape.ExtensionType;
import dev.millrace.core.shape.SourceType;
import dev.millrace.core.shape.WireForm;
import java.util.List;
import java.util.Optional;

/// What a person should know of a column's type.
final class TypeWarnings {

    private static final int FIRST_OF_USERS = 16_384;

    /* Extensions of PostgreSQL itself: what their text looks like is no surprise. */
    private static final List<String> FAMILIAR =
            List.of("citext/", "cube/", "hstore/", "intarray/", "isn/", "ltree/", "seg/");

    private TypeWarnings() {}

    /// The warning for a column of a type, or with a type within, that we know nothing of.
    static Optional<String> of(Column column) {
        return unknown(column.type()).map(unknown -> "Column %s is of type %s, which Millrace does not know: its values are kept as PostgreSQL's text of them.%s"
                .formatted(
                        column.name(),
                        unknown.name().replace('/', '.'),
                        WireForm.mustBeLoggedAsText(column.type())
                                ? " Because of it the log is read as text, which is slower."
                                : ""));
    }

    private static Optional<SourceType.Scalar> unknown(SourceType type) {
        return switch (type) {
            case SourceType.Scalar scalar -> Optional.of(scalar).filter(TypeWarnings::isUnknown);
            case SourceType.Enumeration _ -> Optional.empty();
            case SourceType.Domain domain -> unknown(domain.base());
            case SourceType.ArrayOf array -> unknown(array.element());
            case SourceType.RangeOf range -> unknown(range.element());
            case SourceType.MultirangeOf multirange -> unknown(multirange.element());
            case SourceType.Composite composite ->
                composite.fields().stream().flatMap(field -> unknown(field.type()).stream()).findFirst();
        };
    }

    private static boolean isUnknown(SourceType.Scalar type) {
        return Integer.toUnsignedLong(type.oid()) >= FIRST_OF_USERS
                && ExtensionType.of(type).isEmpty()
                && FAMILIAR.stream().noneMatch(type.name()::startsWith);
    }
}
