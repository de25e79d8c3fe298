package dev.millrace.core.destination;

/// What became of publishing a copied table.
public sealed interface Publication {

    /// The table is visible, as of the destination's position.
    ///
    /// @param rows its live rows
    record Done(long rows) implements Publication {}

    /// Nothing was changed: some rows moved between ranges that were read under different snapshots, and the log does not carry all of
    /// their fields. The table is copied anew.
    ///
    /// @param rows how many rows lack fields
    record Incomplete(long rows) implements Publication {}
}
