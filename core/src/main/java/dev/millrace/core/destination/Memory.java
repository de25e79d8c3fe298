package dev.millrace.core.destination;

import dev.millrace.core.position.Position;
import dev.millrace.core.shape.TableName;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/// Everything that a destination remembers of a connection; it wins over any other memory.
///
/// @param source which source the copy is of; empty before the first run
/// @param position up to where changes are in; empty before [Destination#adopt]
/// @param committedAt when the last transaction in here committed at the source
/// @param tables by source name
public record Memory(
        Optional<SourceIdentity> source,
        Optional<Position> position,
        Optional<Instant> committedAt,
        SortedMap<TableName, TableMemory> tables) {

    /// Keeps its own copy of the map.
    public Memory {
        tables = new TreeMap<>(tables);
    }

    /// Nothing remembered: a new destination.
    public static Memory empty() {
        return new Memory(Optional.empty(), Optional.empty(), Optional.empty(), new TreeMap<>(Map.of()));
    }
}
