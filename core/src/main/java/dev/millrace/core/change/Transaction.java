package dev.millrace.core.change;

import java.time.Instant;

/// A top-level transaction of the source, as far as its changes tell of it.
///
/// @param xid its 64-bit id, epoch included
/// @param committedAt when it committed, by the source's clock: microseconds since 1970
public record Transaction(long xid, long committedAt) {

    /// A transaction with an id and the time of its commit.
    public static Transaction of(long xid, Instant committedAt) {
        return new Transaction(xid, micros(committedAt));
    }

    /// A time as microseconds since 1970; what is finer is cut off.
    public static long micros(Instant time) {
        return Math.addExact(Math.multiplyExact(time.getEpochSecond(), 1_000_000L), time.getNano() / 1_000);
    }
}
