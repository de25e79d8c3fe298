package dev.millrace.source.copy;

import dev.millrace.core.position.LogPosition;
import dev.millrace.core.source.CopySession;
import dev.millrace.source.snapshot.HeldSnapshot;
import java.sql.Connection;
import java.sql.SQLException;

/// The terms of copies that the log takes over from: every row is copied, and the log says of each transaction whether a snapshot saw it.
public final class LogTerms implements CopyTerms {

    @Override
    public CopySession.Shared begin(Connection session) throws SQLException {
        HeldSnapshot held = HeldSnapshot.begin(session);
        return new CopySession.Shared(held.id(), held.snapshot(), new LogPosition(held.readAt()), held.takenAt());
    }
}
