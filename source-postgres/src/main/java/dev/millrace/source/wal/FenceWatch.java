package dev.millrace.source.wal;

import dev.millrace.core.feed.Fence;
import dev.millrace.core.position.LogPosition;
import dev.millrace.core.position.Lsn;
import java.util.Optional;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// Where the fences that were asked for stand: one at a time, in the order of asking. Asked from any thread, worked by the reading thread.
///
/// A snapshot is older than the request that brings it, and the feed may have read transactions in between that it does not see; then
/// there is nothing left to cut, and a newer snapshot is needed. So that this one is not late as well, reading rests for a moment after
/// every answer of that kind.
final class FenceWatch {

    private static final long REST_MILLIS = 500;

    private final XidsRead read;
    private final ConcurrentLinkedQueue<Fence> asked = new ConcurrentLinkedQueue<>();
    private final Semaphore arrivals = new Semaphore(0);
    private @Nullable Fence current;
    private @Nullable LogPosition cut;

    FenceWatch(XidsRead read) {
        this.read = read;
    }

    /// Asks for a fence.
    void ask(Fence fence) {
        asked.add(fence);
        arrivals.release();
    }

    /// Looks at new requests; to be called between two transactions. Does `meanwhile` while it rests.
    void admit(Runnable meanwhile) {
        while (current == null && !asked.isEmpty()) {
            arrivals.drainPermits();
            Fence fence = asked.remove();
            if (read.anyHiddenFrom(fence.snapshot())) {
                fence.stands().complete(new Fence.Outcome.Crossed());
                rest(meanwhile);
            } else {
                current = fence;
                cut = null;
            }
        }
    }

    private void rest(Runnable meanwhile) {
        try {
            for (long waited = 0; waited < REST_MILLIS && asked.isEmpty(); waited += 10) {
                meanwhile.run();
                if (arrivals.tryAcquire(10, TimeUnit.MILLISECONDS)) {
                    return;
                }
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    /// A transaction comes next: gives the fence if the batch must end before it.
    Optional<Fence> before(long xid) {
        Fence fence = current;
        if (fence == null) {
            return Optional.empty();
        }
        boolean seen = fence.snapshot().sees(xid);
        if (cut == null) {
            return seen ? Optional.empty() : Optional.of(fence);
        }
        if (seen) {
            settle(fence, new Fence.Outcome.Crossed());
        }
        return Optional.empty();
    }

    /// Everything before `lsn` has been read: gives the fence if the batch must end here, since nothing more can be visible.
    Optional<Fence> at(Lsn lsn) {
        Fence fence = current;
        if (fence == null || lsn.isBefore(LogPosition.lsn(fence.upTo()).beforePageHeader())) {
            return Optional.empty();
        }
        LogPosition stood = cut;
        if (stood == null) {
            return Optional.of(fence);
        }
        settle(fence, new Fence.Outcome.Exact(stood));
        return Optional.empty();
    }

    /// Whether a fence waits for the log to be read further.
    boolean isWaiting() {
        return current != null || !asked.isEmpty();
    }

    /// The batch was ended.
    void cutAt(LogPosition position) {
        cut = position;
    }

    /// Lets the one go that is being watched and all that wait, as the feed ends.
    void close() {
        Fence fence = current;
        if (fence != null) {
            settle(fence, new Fence.Outcome.Crossed());
        }
        for (Fence waiting = asked.poll(); waiting != null; waiting = asked.poll()) {
            waiting.stands().complete(new Fence.Outcome.Crossed());
        }
    }

    private void settle(Fence fence, Fence.Outcome outcome) {
        current = null;
        cut = null;
        fence.stands().complete(outcome);
    }
}
