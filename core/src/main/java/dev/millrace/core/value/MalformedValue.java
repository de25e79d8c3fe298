package dev.millrace.core.value;

import dev.millrace.core.fault.Fault;
import dev.millrace.core.fault.FaultKind;
import dev.millrace.core.shape.TableName;

/// The bytes of a value are not what its type's functions write. The message says where, and never what.
public final class MalformedValue extends RuntimeException {

    /// Says what is wrong.
    public MalformedValue(String message) {
        super(message);
    }

    /// The fault for whatever a decoder threw at a value. What is no value of its type shows itself in many ways; only our own words are
    /// passed on, since those of other exceptions can hold the value.
    public static Fault fault(TableName table, String column, RuntimeException thrown) {
        String detail = thrown instanceof MalformedValue ? " (%s)".formatted(thrown.getMessage()) : "";
        return new Fault(
                FaultKind.LOG_DAMAGED,
                table.toString(),
                "Column %s of %s has a value that cannot be read%s; nothing was written with it.".formatted(column, table, detail),
                ("Run again: what was damaged on its way comes again whole. If it is refused again, run `millrace resync` for %s, or exclude the"
                                + " column and tell us its type.")
                        .formatted(table),
                thrown);
    }
}
