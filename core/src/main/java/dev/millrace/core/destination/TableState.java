package dev.millrace.core.destination;

/// Where a table stands between being unknown and following the log. Durable at the destination, set by the run.
public enum TableState {
    /// Its ranges are being loaded out of sight; changes are kept beside it. Set by [Destination#beginCopy].
    COPYING,
    /// Every range is loaded; the log has yet to pass the point at which they were read. Set by [Destination#endCopy].
    CATCHING_UP,
    /// Published; each batch moves it. Set by [Destination#publish].
    STREAMING
}
