package dev.millrace.core.run;

/// Who wants to know how a run goes on.
@FunctionalInterface
public interface RunListener {

    /// Hears of an event. Called by the run's threads, several at a time; must return quickly and not throw.
    void on(RunEvent event);
}
