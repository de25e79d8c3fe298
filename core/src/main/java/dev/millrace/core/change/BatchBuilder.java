package dev.millrace.core.change;

import dev.millrace.core.feed.Fence;
import dev.millrace.core.position.Position;
import dev.millrace.core.shape.Shape;
import dev.millrace.core.shape.TableName;
import dev.millrace.core.spool.Spool;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Collects changes by table and shape into a batch. Belongs to one thread; good for one batch after another.
///
/// Memory is bounded by one piece: when the changes in memory outgrow it, they are written to a file of the spool, and the next piece
/// begins. Whoever decides where batches end looks at [#sizeInBytes] after each transaction.
public final class BatchBuilder implements AutoCloseable {

    /* A piece may be a quarter larger than what ends a batch, so that a batch which ends a little late, at the end of the transaction
     * that filled it, does not go through a file for that.
     */

    private final Spool spool;
    private final long pieceBytes;
    private final List<TableChangesBuilder> order = new ArrayList<>();
    private final Map<TableName, TableChangesBuilder> latest = new HashMap<>();
    private final List<Shape> shapes = new ArrayList<>();
    private final Map<TableName, Shape> latestShapes = new HashMap<>();
    private final Map<TableName, String> lost = new HashMap<>();
    private final Map<TableName, ChangeCount> counts = new HashMap<>();
    private @Nullable TableChangesBuilder current;
    private @Nullable PieceFile file;
    private long bytesInPiece;
    private long bytes;
    private long changes;
    private long changesCommitted;
    private int transactions;
    private @Nullable Instant committedAt;

    /// Begins with nothing.
    ///
    /// @param spool where pieces go that do not fit in memory
    /// @param batchBytes the size at which batches are to end
    public BatchBuilder(Spool spool, int batchBytes) {
        this.spool = spool;
        this.pieceBytes = batchBytes + batchBytes / 4L;
    }

    /// Adds an insert, update or delete as pgoutput sent it; see [TableChangesBuilder#add].
    public void add(Shape shape, ChangeKind change, Transaction transaction, byte[] message, int from, int to) {
        TableChangesBuilder table = of(shape);
        int before = table.sizeInBytes();
        table.add(change, transaction, message, from, to);
        added(table.sizeInBytes() - before);
    }

    /// Adds the emptying of a table.
    public void addTruncate(Shape shape, Transaction transaction) {
        TableChangesBuilder table = of(shape);
        int before = table.sizeInBytes();
        table.addTruncate(transaction);
        added(table.sizeInBytes() - before);
    }

    /// Notes that a table's changes cannot all be had; see [Batch#lost].
    public void lose(TableName table, String reason) {
        lost.put(table, reason);
    }

    /// Ends a transaction: what was added since the last end belongs to it.
    public void commit(Instant at) {
        if (changes > changesCommitted) {
            changesCommitted = changes;
            transactions++;
            committedAt = at;
        }
    }

    /// The size of the changes so far.
    public long sizeInBytes() {
        return bytes;
    }

    /// Whether there are no changes yet.
    public boolean isEmpty() {
        return changes == 0;
    }

    /// The changes so far as a batch, which the caller then owns; the next batch begins.
    public Batch build(Position through, Optional<Fence> fence) {
        if (changes > changesCommitted) {
            throw new IllegalStateException("Invalid end of a batch: within a transaction (must be between two)");
        }
        Batch batch = new PackedBatch(
                Optional.ofNullable(file),
                takePiece(),
                List.copyOf(shapes),
                through,
                Optional.ofNullable(committedAt),
                transactions,
                changes,
                bytes,
                fence,
                Map.copyOf(lost),
                Map.copyOf(counts));
        file = null;
        reset();
        return batch;
    }

    /// Drops the changes so far, those of an unfinished transaction included.
    public void discard() {
        if (file != null) {
            file.close();
            file = null;
        }
        takePiece();
        reset();
    }

    /// Drops the changes so far.
    @Override
    public void close() {
        discard();
    }

    private void reset() {
        shapes.clear();
        latestShapes.clear();
        lost.clear();
        counts.clear();
        bytes = 0;
        changes = 0;
        changesCommitted = 0;
        transactions = 0;
        committedAt = null;
    }

    private TableChangesBuilder of(Shape shape) {
        TableChangesBuilder table = current;
        if (table != null && table.shape().equals(shape)) {
            return table;
        }
        table = latest.get(shape.table());
        if (table == null || !table.shape().equals(shape)) {
            table = new TableChangesBuilder(shape);
            latest.put(shape.table(), table);
            order.add(table);
            if (!shape.equals(latestShapes.put(shape.table(), shape))) {
                shapes.add(shape);
            }
        }
        current = table;
        return table;
    }

    private void added(int size) {
        changes++;
        bytes += size;
        bytesInPiece += size;
        if (bytesInPiece >= pieceBytes) {
            spoolPiece();
        }
    }

    private void spoolPiece() {
        if (file == null) {
            file = new PieceFile(spool.newFile());
        }
        file.append(takePiece());
    }

    private Piece takePiece() {
        order.forEach(table -> counts.merge(table.shape().table(), table.counts(), ChangeCount::plus));
        Piece piece = new Piece(order.stream().map(TableChangesBuilder::build).toList());
        order.clear();
        latest.clear();
        current = null;
        bytesInPiece = 0;
        return piece;
    }
}
