package dev.millrace.worker.settings;

import java.time.Duration;

/// How often a connection is synced.
public sealed interface SyncFrequency {

    /// A run every so often.
    ///
    /// @param interval whole minutes, from one run's start to the next one's
    record Every(Duration interval) implements SyncFrequency {}

    /// One run that goes on until it is stopped.
    record Continuous() implements SyncFrequency {}
}
