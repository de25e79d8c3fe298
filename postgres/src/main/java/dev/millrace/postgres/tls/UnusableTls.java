package dev.millrace.postgres.tls;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/// What the settings give for TLS cannot be used: a file of authorities, a client's certificate or its key.
public final class UnusableTls extends IOException {

    private final String remedy;

    UnusableTls(String message, String remedy, @Nullable Throwable cause) {
        super(message, cause);
        this.remedy = remedy;
    }

    /// What to do.
    public String remedy() {
        return remedy;
    }
}
