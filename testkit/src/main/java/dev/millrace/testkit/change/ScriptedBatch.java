package dev.millrace.testkit.change;

import dev.millrace.core.change.Batch;
import dev.millrace.core.change.Piece;
import dev.millrace.core.change.TableChanges;
import dev.millrace.core.feed.Fence;
import dev.millrace.core.position.Position;
import dev.millrace.core.shape.Shape;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// A batch that lies in memory; closing it does nothing.
///
/// @param pieces its parts, in order
/// @param through the position behind it
public record ScriptedBatch(List<Piece> pieces, Position through) implements Batch {

    /* The latest commit time would do; but one that is known lets contracts ask whether it is remembered. */
    private static final Instant COMMITTED_AT = Instant.parse("2026-01-02T03:04:05.678901Z");

    @Override
    public List<Shape> shapes() {
        return pieces.stream()
                .flatMap(piece -> piece.changes().stream())
                .map(TableChanges::shape)
                .distinct()
                .toList();
    }

    @Override
    public Optional<Instant> committedAt() {
        return isEmpty() ? Optional.empty() : Optional.of(COMMITTED_AT);
    }

    @Override
    public int transactions() {
        return isEmpty() ? 0 : 1;
    }

    @Override
    public long changes() {
        return pieces.stream().flatMap(piece -> piece.changes().stream()).mapToLong(changes -> changes.count()).sum();
    }

    @Override
    public long sizeInBytes() {
        return pieces.stream()
                .flatMap(piece -> piece.changes().stream())
                .mapToLong(changes -> changes.sizeInBytes())
                .sum();
    }

    @Override
    public Optional<Fence> fence() {
        return Optional.empty();
    }

    @Override
    public void close() {}
}
