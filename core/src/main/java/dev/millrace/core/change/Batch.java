package dev.millrace.core.change;

import dev.millrace.core.position.Position;
import dev.millrace.core.shape.Shape;
import dev.millrace.core.shape.TableName;
import dev.millrace.core.feed.Fence;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/// Whole source transactions, to be written and promised together.
///
/// A batch begins and ends between transactions. One that is larger than memory lies on disk in pieces, which are read one at a
/// time; so a batch can be read more than once, but only by one thread at a time. Whoever took it from the feed closes it, which
/// removes what it has on disk.
public interface Batch extends AutoCloseable {

    /// A batch that moves the position only.
    static Batch empty(Position through) {
        return new PackedBatch(Optional.empty(), new Piece(List.of()), List.of(), through, Optional.empty(), 0, 0, 0, Optional.empty(), Map.of(), Map.of());
    }

    /// The pieces, in order. Reading may do I/O, which fails with [java.io.UncheckedIOException].
    Iterable<Piece> pieces();

    /// The shapes of its changes, each where it first appears or comes back for its table; known without reading the pieces.
    List<Shape> shapes();

    /// Up to where a destination holds everything once this batch is written.
    Position through();

    /// When the last transaction in here committed at the source; empty if the batch has none.
    Optional<Instant> committedAt();

    /// The number of transactions that have changes in here.
    int transactions();

    /// The number of changes.
    long changes();

    /// The changes by table and kind; empty where they were not counted.
    default Map<TableName, ChangeCount> counts() {
        return Map.of();
    }

    /// The size of the packed changes.
    long sizeInBytes();

    /// The fence at which this batch ends, if one was asked for and this is where it stands; the run completes its `cut`.
    Optional<Fence> fence();

    /// The tables whose changes up to this batch's position could not all be had, by name, each with the reason. Their copies are begun anew
    /// before the batch is written.
    default Map<TableName, String> lost() {
        return Map.of();
    }

    /// This batch without the changes of the tables that `unwanted` names. Reads from this one, which stays open as long.
    default Batch without(Predicate<TableName> unwanted) {
        return shapes().stream().map(Shape::table).anyMatch(unwanted) ? ReducedBatch.of(this, unwanted) : this;
    }

    /// Whether this batch moves the position only.
    default boolean isEmpty() {
        return changes() == 0;
    }

    @Override
    void close();
}
