package dev.millrace.destination.duckdb.vector;

/// A text that is no UTF-8. Never leaves this package.
final class NotUtf8 extends RuntimeException {

    NotUtf8() {
        super("a text that is no UTF-8", null, false, false);
    }
}
