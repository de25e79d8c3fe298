package dev.millrace.core.destination;

/// The destination did not answer whether a commit happened; it must be asked before anything more is written.
public final class CommitUnknown extends RuntimeException {

    /// Wraps what was seen instead of an answer.
    public CommitUnknown(String message, Throwable cause) {
        super(message, cause);
    }
}
