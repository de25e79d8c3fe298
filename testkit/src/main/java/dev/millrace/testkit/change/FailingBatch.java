package dev.millrace.testkit.change;

import dev.millrace.core.change.Batch;
import dev.millrace.core.change.Piece;
import dev.millrace.core.change.TableChanges;
import dev.millrace.core.feed.Fence;
import dev.millrace.core.position.LogPosition;
import dev.millrace.core.position.Position;
import dev.millrace.core.position.Lsn;
import dev.millrace.core.shape.Shape;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;

/// A batch of which the first piece can be read and the second cannot, as if its file were gone.
///
/// @param first the changes of the first piece
/// @param end where the batch would have ended
public record FailingBatch(List<TableChanges> first, Lsn end) implements Batch {

    /// What is thrown in place of the second piece.
    public static final String MESSAGE = "the second piece cannot be read";

    @Override
    public Iterable<Piece> pieces() {
        return () -> new Iterator<>() {
            private boolean isFirst = true;

            @Override
            public boolean hasNext() {
                return true;
            }

            @Override
            public Piece next() {
                if (!isFirst) {
                    throw new UncheckedIOException(MESSAGE, new IOException(MESSAGE));
                }
                isFirst = false;
                return new Piece(first);
            }
        };
    }

    @Override
    public List<Shape> shapes() {
        return first.stream().map(TableChanges::shape).toList();
    }

    @Override
    public Position through() {
        return new LogPosition(end);
    }

    @Override
    public Optional<Instant> committedAt() {
        return Optional.empty();
    }

    @Override
    public int transactions() {
        return 1;
    }

    @Override
    public long changes() {
        return 2;
    }

    @Override
    public long sizeInBytes() {
        return 2;
    }

    @Override
    public Optional<Fence> fence() {
        return Optional.empty();
    }

    @Override
    public void close() {}
}
