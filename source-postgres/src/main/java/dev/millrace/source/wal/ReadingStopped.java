package dev.millrace.source.wal;

/// The feed is being closed; ends whatever the reading thread was waiting for. Never leaves this package.
final class ReadingStopped extends RuntimeException {

    ReadingStopped() {
        super("The feed is being closed.", null, false, false);
    }
}
