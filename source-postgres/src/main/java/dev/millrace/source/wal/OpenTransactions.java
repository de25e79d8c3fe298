package dev.millrace.source.wal;

import dev.millrace.core.spool.Spool;
import dev.millrace.source.pgoutput.LogConsumer;
import dev.millrace.source.pgoutput.LogDecoder;
import dev.millrace.source.pgoutput.LogMessage;
import dev.millrace.core.change.ChangeKind;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Transactions that come in blocks before it is known whether they commit. Belongs to the reading thread.
///
/// Their messages are kept as they came, in memory while all of them together are small, in files beyond, and played back at the
/// commit, without those of subtransactions that were rolled back. What a block says of a relation counts from the commit on: a
/// rolled-back part's word too, since the server does not repeat it for the parts that stay.
final class OpenTransactions implements AutoCloseable {

    private record Open(MessageLog log, Set<Integer> rolledBack) {}

    private final Spool spool;
    private final long bytesInMemoryMax;
    private final Map<Integer, Open> byXid = new HashMap<>();
    private @Nullable Open block;
    private long bytesInMemory;

    OpenTransactions(Spool spool, long bytesInMemoryMax) {
        this.spool = spool;
        this.bytesInMemoryMax = bytesInMemoryMax;
    }

    /// A block of this transaction begins.
    void enter(int xid) {
        block = byXid.computeIfAbsent(xid, _ -> new Open(new MessageLog(), new HashSet<>()));
    }

    /// The block is over.
    void leave() {
        block = null;
    }

    /// Whether the next message belongs to a block.
    boolean isInBlock() {
        return block != null;
    }

    /// Keeps a message of the block.
    void keep(byte[] buffer, int offset, int length) {
        Open open = block;
        if (open == null) {
            throw new IllegalStateException("Invalid use of open transactions: no block (must be within one)");
        }
        int before = open.log().bytesInMemory();
        open.log().append(buffer, offset, length);
        bytesInMemory += open.log().bytesInMemory() - before;
        if (bytesInMemory > bytesInMemoryMax) {
            spillLargest();
        }
    }

    private void spillLargest() {
        MessageLog largest = null;
        for (Open open : byXid.values()) {
            if (largest == null || open.log().bytesInMemory() > largest.bytesInMemory()) {
                largest = open.log();
            }
        }
        if (largest != null) {
            bytesInMemory -= largest.bytesInMemory();
            largest.spill(spool);
        }
    }

    /// A part of a transaction, or all of it, was rolled back.
    void rollBack(int xid, int subXid) {
        if (xid == subXid) {
            drop(xid);
            return;
        }
        Open open = byXid.get(xid);
        if (open != null) {
            open.rolledBack().add(subXid);
        }
    }

    /// Plays back what stays of a transaction.
    void play(int xid, LogConsumer consumer) {
        Open open = byXid.get(xid);
        if (open == null) {
            return;
        }
        LogDecoder decoder = LogDecoder.withinBlock();
        LogConsumer standing = open.rolledBack().isEmpty() ? consumer : new Standing(open.rolledBack(), consumer);
        open.log().play((buffer, offset, length) -> decoder.read(buffer, offset, length, standing));
    }

    /// Forgets a transaction.
    void drop(int xid) {
        Open open = byXid.remove(xid);
        if (open != null) {
            bytesInMemory -= open.log().bytesInMemory();
            open.log().close();
        }
    }

    /// Forgets all of them.
    @Override
    public void close() {
        byXid.values().forEach(open -> open.log().close());
        byXid.clear();
        block = null;
        bytesInMemory = 0;
    }

    /// Passes on everything but changes of subtransactions that were rolled back.
    private record Standing(Set<Integer> rolledBack, LogConsumer consumer) implements LogConsumer {

        @Override
        public void row(ChangeKind change, int xid, int relation, byte[] buffer, int from, int to) {
            if (!rolledBack.contains(xid)) {
                consumer.row(change, xid, relation, buffer, from, to);
            }
        }

        @Override
        public void message(int xid, LogMessage message) {
            if (message instanceof LogMessage.Relation || !rolledBack.contains(xid)) {
                consumer.message(xid, message);
            }
        }
    }
}
