package dev.millrace.core.destination;

/// What becomes of rows that change or vanish at the source, chosen for each table.
public enum SyncMode {
    /// One row for each row of the source, and for each that it had: a row that is gone is marked and keeps its last values.
    SOFT_DELETE,
    /// One row for each row of the source: a row that is gone is gone here.
    LIVE,
    /// One row for each version that a row of the source had, each with the time from which and until which it was so.
    HISTORY
}
