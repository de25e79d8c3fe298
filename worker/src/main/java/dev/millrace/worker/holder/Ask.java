package dev.millrace.worker.holder;

import java.util.List;

/// A request to a holder: the first and only line that a client sends.
///
/// @param what which question
/// @param sql the statement of a query; empty otherwise
/// @param tables the tables of a resync or verify, `schema.table`, with the two parts as they stand in the catalogue
record Ask(What what, String sql, List<Name> tables) {

    /// The questions.
    enum What {
        QUERY,
        STATUS,
        RESYNC,
        VERIFY
    }

    /// A table's name in its two parts.
    record Name(String schema, String table) {}

    /// Keeps its own copy of the list.
    Ask {
        tables = List.copyOf(tables);
    }
}
