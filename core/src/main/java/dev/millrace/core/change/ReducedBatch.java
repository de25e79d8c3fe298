package dev.millrace.core.change;

import dev.millrace.core.feed.Fence;
import dev.millrace.core.position.Position;
import dev.millrace.core.shape.Shape;
import dev.millrace.core.shape.TableName;
import java.time.Instant;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/// A batch of which some tables are left out. Reads from the whole one, which is its maker's to close.
record ReducedBatch(Batch whole, Predicate<TableName> unwanted, long changes, long sizeInBytes) implements Batch {

    static ReducedBatch of(Batch whole, Predicate<TableName> unwanted) {
        long changes = 0;
        long bytes = 0;
        for (Piece piece : whole.pieces()) {
            for (TableChanges table : reduced(piece, unwanted).changes()) {
                changes += table.count();
                bytes += table.sizeInBytes();
            }
        }
        return new ReducedBatch(whole, unwanted, changes, bytes);
    }

    private static Piece reduced(Piece piece, Predicate<TableName> unwanted) {
        return new Piece(piece.changes().stream().filter(table -> !unwanted.test(table.shape().table())).toList());
    }

    @Override
    public Iterable<Piece> pieces() {
        return () -> {
            Iterator<Piece> pieces = whole.pieces().iterator();
            return new Iterator<>() {
                @Override
                public boolean hasNext() {
                    return pieces.hasNext();
                }

                @Override
                public Piece next() {
                    return reduced(pieces.next(), unwanted);
                }
            };
        };
    }

    @Override
    public List<Shape> shapes() {
        return whole.shapes().stream().filter(shape -> !unwanted.test(shape.table())).toList();
    }

    @Override
    public Position through() {
        return whole.through();
    }

    @Override
    public Optional<Instant> committedAt() {
        return whole.committedAt();
    }

    @Override
    public int transactions() {
        return whole.transactions();
    }

    @Override
    public Optional<Fence> fence() {
        return whole.fence();
    }

    @Override
    public Map<TableName, ChangeCount> counts() {
        Map<TableName, ChangeCount> wanted = new HashMap<>(whole.counts());
        wanted.keySet().removeIf(unwanted);
        return wanted;
    }

    @Override
    public Map<TableName, String> lost() {
        return whole.lost();
    }

    @Override
    public void close() {}
}
