package dev.millrace.localpostgres;

/// Says why a local server could not be unpacked, started or stopped: what is so, what follows, what to do.
public final class LocalPostgresException extends RuntimeException {

    LocalPostgresException(String message) {
        super(message);
    }

    LocalPostgresException(String message, Throwable cause) {
        super(message, cause);
    }
}
