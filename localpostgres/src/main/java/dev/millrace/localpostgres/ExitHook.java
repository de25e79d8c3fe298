package dev.millrace.localpostgres;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What is done when the JVM ends in an orderly way: others' actions in the order given, then one last. Not done after `kill -9`.
final class ExitHook {

    private final Runnable last;
    private final List<Runnable> before = new ArrayList<>();
    private @Nullable Thread thread;

    ExitHook(Runnable last) {
        this.last = last;
    }

    synchronized void addBefore(Runnable action) {
        before.add(action);
    }

    /// From now on it counts.
    ///
    /// @throws IllegalStateException if the JVM is ending already
    synchronized void arm() {
        if (thread == null) {
            Thread hook = Thread.ofPlatform().name("stop-local-postgres").unstarted(this::run);
            Runtime.getRuntime().addShutdownHook(hook);
            thread = hook;
        }
    }

    /// From now on it does not count; without effect while the JVM is ending.
    synchronized void disarm() {
        Thread hook = thread;
        thread = null;
        if (hook == null) {
            return;
        }
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException _) {
            // The JVM is ending already, and this may be that very thread.
            return;
        }
    }

    private void run() {
        try {
            actionsBefore().forEach(Runnable::run);
        } finally {
            last.run();
        }
    }

    private synchronized List<Runnable> actionsBefore() {
        return List.copyOf(before);
    }
}
