package dev.millrace.core.change;

import dev.millrace.core.feed.Fence;
import dev.millrace.core.position.Position;
import dev.millrace.core.shape.Shape;
import dev.millrace.core.shape.TableName;
import java.time.Instant;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Optional;

/// A batch whose last piece is in memory and whose earlier ones, if there are any, are in a file.
record PackedBatch(
        Optional<PieceFile> file,
        Piece last,
        List<Shape> shapes,
        Position through,
        Optional<Instant> committedAt,
        int transactions,
        long changes,
        long sizeInBytes,
        Optional<Fence> fence,
        Map<TableName, String> lost,
        Map<TableName, ChangeCount> counts)
        implements Batch {

    @Override
    public Iterable<Piece> pieces() {
        List<Piece> inMemory = last.changes().isEmpty() ? List.of() : List.of(last);
        return file.isEmpty() ? inMemory : () -> new Both(file.get().read(), inMemory.iterator());
    }

    @Override
    public void close() {
        file.ifPresent(PieceFile::close);
    }

    @Override
    public String toString() {
        return "batch of %d changes in %d transactions (%d bytes) through %s".formatted(changes, transactions, sizeInBytes, through);
    }

    private record Both(Iterator<Piece> first, Iterator<Piece> second) implements Iterator<Piece> {

        @Override
        public boolean hasNext() {
            return first.hasNext() || second.hasNext();
        }

        @Override
        public Piece next() {
            if (first.hasNext()) {
                return first.next();
            }
            if (second.hasNext()) {
                return second.next();
            }
            throw new NoSuchElementException();
        }
    }
}
