package dev.millrace.source.wal;

import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/// Log messages that were read and are not yet assembled. One thread puts them in, another takes them out, in the same order.
///
/// It holds so many bytes, or one portion if a single message is larger; who puts in more waits until there is room.
final class ReadAhead implements MessageSink {

    private static final int PORTION_BYTES = 256 << 10;
    private static final int PORTION_MESSAGES = 1_024;

    private final int limit;
    private final Deque<Portion> portions = new ArrayDeque<>();
    private Portion filling = new Portion();
    private long bytes;
    private boolean ended;
    private boolean abandoned;

    /// Empty.
    ///
    /// @param limit bytes
    ReadAhead(int limit) {
        this.limit = limit;
    }

    /// Messages that change hands together.
    private static final class Portion {
        private final byte[][] buffers = new byte[PORTION_MESSAGES][];
        private final int[] offsets = new int[PORTION_MESSAGES];
        private final int[] lengths = new int[PORTION_MESSAGES];
        private int count;
        private long bytes;
    }

    /// Puts a message in.
    ///
    /// @throws ReadingStopped if nobody takes any more
    @Override
    public void take(byte[] buffer, int offset, int length) {
        Portion portion = filling;
        portion.buffers[portion.count] = buffer;
        portion.offsets[portion.count] = offset;
        portion.lengths[portion.count] = length;
        portion.count++;
        portion.bytes += buffer.length;
        if (portion.bytes >= PORTION_BYTES || portion.count == PORTION_MESSAGES) {
            put(portion);
            filling = new Portion();
        }
    }

    private synchronized void put(Portion portion) {
        while (bytes > 0 && bytes + portion.bytes > limit && !abandoned) {
            await();
        }
        checkWanted();
        portions.add(portion);
        bytes += portion.bytes;
        notifyAll();
    }

    /// No more messages come. Said by the thread that puts them in.
    void end() {
        synchronized (this) {
            ended = true;
            portions.add(filling);
            notifyAll();
        }
    }

    /// Passes the next messages on, waiting for them.
    ///
    /// @return false once there are no more
    boolean drainTo(MessageSink sink) {
        Portion portion = next();
        if (portion == null) {
            return false;
        }
        for (int i = 0; i < portion.count; i++) {
            sink.take(portion.buffers[i], portion.offsets[i], portion.lengths[i]);
        }
        return true;
    }

    private synchronized @Nullable Portion next() {
        while (portions.isEmpty() && !ended) {
            await();
        }
        Portion portion = portions.poll();
        if (portion != null) {
            bytes -= portion.bytes;
            notifyAll();
        }
        return portion;
    }

    /// Nobody takes any more.
    synchronized void abandon() {
        abandoned = true;
        notifyAll();
    }

    /// @throws ReadingStopped if nobody takes any more
    synchronized void checkWanted() {
        if (abandoned) {
            throw new ReadingStopped();
        }
    }

    private void await() {
        try {
            wait();
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            throw new ReadingStopped();
        }
    }
}
