package dev.millrace.core.run;

/// When a run ends by itself.
public enum Goal {
    /// Once every table is published and the destination has reached the end that the log had when the run (or its last copy) began.
    UP_TO_NOW,
    /// Never: only when it is told to stop.
    CONTINUOUS
}
