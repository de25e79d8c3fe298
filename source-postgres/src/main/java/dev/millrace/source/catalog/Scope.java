package dev.millrace.source.catalog;

/// Which tables of a database are offered, before anybody chooses among them.
public sealed interface Scope {

    /// The tables of a publication, with the rows and columns that it publishes.
    ///
    /// @param publication its name
    record Published(String publication) implements Scope {}

    /// Whatever tables the user may read with `SELECT`.
    record Readable() implements Scope {}
}
