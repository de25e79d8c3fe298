package dev.millrace.source.wal;

/// Takes log messages in the order in which the server gives them.
@FunctionalInterface
interface MessageSink {

    /// Takes one message.
    ///
    /// @param buffer becomes the taker's; it may keep it
    void take(byte[] buffer, int offset, int length);
}
