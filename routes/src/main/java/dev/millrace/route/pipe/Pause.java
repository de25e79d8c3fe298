package dev.millrace.route.pipe;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/// What a thread that accepts connections waits for when it cannot accept any, as when no more files may be opened: a tenth of a second, or the end.
public final class Pause {

    private static final long MILLIS = 100;

    private final CountDownLatch end = new CountDownLatch(1);

    /// Nothing has ended yet.
    public Pause() {}

    /// Waits; no longer than until the end.
    public void await() {
        try {
            end.await(MILLIS, TimeUnit.MILLISECONDS);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    /// Ends the waiting, now and for good.
    public void end() {
        end.countDown();
    }
}
