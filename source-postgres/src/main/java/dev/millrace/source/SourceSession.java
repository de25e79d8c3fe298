package dev.millrace.source;

import dev.millrace.postgres.session.Sessions;
import dev.millrace.source.fault.PostgresFaults;
import java.sql.Connection;
import java.sql.SQLException;

/// A source's own session, for its questions, which wait for one another. May be used by many threads.
final class SourceSession implements AutoCloseable {

    private final Connection session;

    private SourceSession(Connection session) {
        this.session = session;
    }

    static SourceSession open(Sessions sessions) {
        try {
            return new SourceSession(sessions.open());
        } catch (SQLException e) {
            throw PostgresFaults.of(e, "the source");
        }
    }

    /// A question.
    @FunctionalInterface
    interface Question<T> {
        T ask(Connection session) throws SQLException;
    }

    /// The answer to a question.
    ///
    /// @param subject what it is about, for faults
    synchronized <T> T ask(String subject, Question<T> question) {
        try {
            return question.ask(session);
        } catch (SQLException e) {
            throw PostgresFaults.of(e, subject);
        }
    }

    @Override
    public void close() {
        try {
            session.close();
        } catch (SQLException e) {
            throw PostgresFaults.of(e, "the source");
        }
    }
}
