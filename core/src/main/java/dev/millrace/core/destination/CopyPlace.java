package dev.millrace.core.destination;

import dev.millrace.core.naming.Displaced;
import dev.millrace.core.naming.GivenNames;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;

/// Where the copy of one connection is kept, told apart from every other connection's there by its schema prefix. Safe for several threads.
public interface CopyPlace {

    /// What people call it, for messages.
    String subject();

    /// Opens the copy for writing, and makes what is missing; to be closed by the caller.
    ///
    /// @param clock stamps the rows
    /// @throws dev.millrace.core.fault.Fault `DESTINATION_HELD` if another run writes the same copy, or what else stands in the way
    ReadableDestination open(InstantSource clock);

    /// Whether there is anything yet that could be opened for reading; nothing is made.
    ///
    /// @throws dev.millrace.core.fault.Fault if nobody answers
    boolean isThere();

    /// Opens the copy for reading; nothing is made. To be closed by the caller.
    ///
    /// @return empty if there is nothing yet that could be opened
    /// @throws dev.millrace.core.fault.Fault if it cannot be read now
    Optional<CopyReader> reader();

    /// What is not called there as the rules have it, of what it remembers.
    List<Displaced> displaced(Memory memory);

    /// What gives the connection's tables and columns their names.
    GivenNames names();

    /// Asks whether a run could write there, as far as that can be found out without writing rows.
    List<PlaceFinding> check();

    /// Makes tables about copies where they are missing, in a schema that is nobody else's, and writes their rows: all of it, or nothing. Columns that a table lacks
    /// are added.
    void writeMetadata(String schema, List<MetadataTable> tables);

    /// The greatest text in a column of a table about copies; empty if there is none, or no such table.
    Optional<String> lastOfMetadata(String schema, String table, String column);
}
