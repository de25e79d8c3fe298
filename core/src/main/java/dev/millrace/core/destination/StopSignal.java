package dev.millrace.core.destination;

import java.util.ArrayList;
import java.util.List;

/// Tells work under way that nobody waits for it any more. Safe for several threads.
public final class StopSignal {

    private final List<Runnable> listeners = new ArrayList<>();
    private boolean given;

    /// Gives the signal; once is enough.
    public void give() {
        List<Runnable> heard;
        synchronized (this) {
            given = true;
            heard = List.copyOf(listeners);
            listeners.clear();
        }
        heard.forEach(Runnable::run);
    }

    /// Whether it was given.
    public synchronized boolean isGiven() {
        return given;
    }

    /// Has something done when the signal is given; at once if it was given already.
    public void then(Runnable listener) {
        synchronized (this) {
            if (!given) {
                listeners.add(listener);
                return;
            }
        }
        listener.run();
    }
}
