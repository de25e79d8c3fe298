package dev.millrace.source.wal;

import java.sql.SQLException;

/// Carries the driver's exception out of code that may not throw it. Never leaves this package.
final class SessionBroken extends RuntimeException {

    private final SQLException reason;

    SessionBroken(SQLException reason) {
        super(reason);
        this.reason = reason;
    }

    SQLException reason() {
        return reason;
    }
}
