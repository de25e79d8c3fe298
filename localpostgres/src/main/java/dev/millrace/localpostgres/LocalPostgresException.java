package dev.millrace.localpostgres;

import org.jspecify.annotations.Nullable;

/// Says why a local server could not be unpacked, started or stopped. The message holds all three parts: what is
/// so, what follows, what to do.
public final class LocalPostgresException extends RuntimeException {

    private final String description;
    private final String remedy;

    LocalPostgresException(String description, String remedy) {
        this(description, remedy, null);
    }

    LocalPostgresException(String description, String remedy, @Nullable Throwable cause) {
        super(description + " " + remedy, cause);
        this.description = description;
        this.remedy = remedy;
    }

    /// What is so and what follows.
    public String description() {
        return description;
    }

    /// What a person can do.
    public String remedy() {
        return remedy;
    }
}
