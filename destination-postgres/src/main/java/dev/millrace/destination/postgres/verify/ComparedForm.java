package dev.millrace.destination.postgres.verify;

import dev.millrace.core.shape.Oid;
import dev.millrace.core.shape.SourceType;
import dev.millrace.core.verify.CanonicalForm;
import dev.millrace.destination.postgres.type.TargetType;
import dev.millrace.destination.postgres.type.TargetTypes;

/// In which form a column's values are compared: as both servers print them, except where versions print alike values differently, or the
/// column is of another type here.
final class ComparedForm {

    private ComparedForm() {}

    /// The form for values of a type that are stored as another.
    ///
    /// @param nativeType the type's own type here, or text
    static CanonicalForm of(SourceType type, TargetType stored, TargetType nativeType) {
        if (stored.equals(TargetType.TEXT) || stored.base().equals("character varying")) {
            return new CanonicalForm.Printed();
        }
        return switch (type.underneath()) {
            case SourceType.Scalar scalar -> switch (scalar.oid()) {
                case Oid.FLOAT4, Oid.FLOAT8 -> new CanonicalForm.Floating();
                case Oid.MONEY -> new CanonicalForm.Decimal();
                case Oid.INT2, Oid.INT4, Oid.INT8, Oid.NUMERIC -> stored.equals(nativeType) ? new CanonicalForm.Printed() : new CanonicalForm.Decimal();
                default -> TargetTypes.senderOfFloats(stored)
                        .<CanonicalForm>map(CanonicalForm.Sent::new)
                        .orElseGet(CanonicalForm.Printed::new);
            };
            case SourceType.ArrayOf _ -> TargetTypes.senderOfFloats(stored)
                    .<CanonicalForm>map(CanonicalForm.Sent::new)
                    .orElseGet(CanonicalForm.Printed::new);
            case SourceType.Enumeration _,
                    SourceType.Domain _,
                    SourceType.RangeOf _,
                    SourceType.MultirangeOf _,
                    SourceType.Composite _,
                    SourceType.Hashed _ -> new CanonicalForm.Printed();
        };
    }
}
