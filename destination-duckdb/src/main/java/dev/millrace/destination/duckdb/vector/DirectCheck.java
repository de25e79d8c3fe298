package dev.millrace.destination.duckdb.vector;

import dev.millrace.destination.duckdb.type.DuckType;
import java.util.Optional;

/// Decides, once for this process, whether vectors are written directly or through the driver's setters.
///
/// Setters are used if the driver's fields are not as we know them, if the system property `millrace.duckdb.direct` is `false`, or as
/// soon as [#refuse] was called.
public final class DirectCheck {

    private static final String SWITCH = "millrace.duckdb.direct";

    private static volatile Optional<DirectTarget.Access> access =
            Boolean.parseBoolean(System.getProperty(SWITCH, "true")) ? DirectTarget.access() : Optional.empty();

    private DirectCheck() {}

    static VectorTarget target(DuckType type) {
        return access.<VectorTarget>map(fields -> new DirectTarget(fields, type)).orElseGet(() -> new SetterTarget(type));
    }

    /// Uses the setters from now on.
    public static void refuse() {
        access = Optional.empty();
    }

    /// Whether vectors are written directly.
    public static boolean isDirect() {
        return access.isPresent();
    }
}
