package dev.millrace.destination.postgres;

import dev.millrace.core.change.Transaction;
import dev.millrace.core.destination.Destination;
import dev.millrace.core.value.PgTime;
import java.time.Instant;

/// SQL expressions of times.
final class Times {

    /// The end of an open version.
    static final String OPEN_END = of(Destination.OPEN_END);

    private Times() {}

    /// A time.
    static String of(Instant time) {
        return ofMicros(Transaction.micros(time));
    }

    /// A time.
    ///
    /// @param micros since 1970
    static String ofMicros(long micros) {
        return "timestamptz '%s'".formatted(PgTime.timestampWithZoneText(micros - PgTime.EPOCH_MICROS));
    }
}
