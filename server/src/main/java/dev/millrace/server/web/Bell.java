package dev.millrace.server.web;

import java.time.Duration;

/// Wakes those who show what happens while it happens. For any thread.
public final class Bell implements AutoCloseable {

    private long rings;
    private boolean closed;

    /// Wakes everybody.
    public synchronized void ring() {
        rings++;
        notifyAll();
    }

    /// How often it has rung.
    public synchronized long rings() {
        return rings;
    }

    /// Waits until it has rung oftener than `heard`, or the time is over; answers false when nobody shall wait any more.
    public synchronized boolean await(long heard, Duration atMost) {
        long end = System.nanoTime() + atMost.toNanos();
        try {
            while (!closed && rings == heard) {
                long left = (end - System.nanoTime()) / 1_000_000;
                if (left <= 0) {
                    break;
                }
                wait(left);
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            return false;
        }
        return !closed;
    }

    /// Sends everybody home.
    @Override
    public synchronized void close() {
        closed = true;
        notifyAll();
    }
}
