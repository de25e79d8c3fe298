package dev.millrace.destination.postgres;

import dev.millrace.postgres.session.Sessions;
import java.util.ArrayDeque;
import java.util.Deque;

/// Sessions for the ranges of copies, of which each is used for one range at a time, and kept for the next. For any thread.
final class LoaderSessions implements AutoCloseable {

    private final Sessions sessions;
    private final String name;
    private final Deque<TargetSession> idle = new ArrayDeque<>();
    private boolean closed;

    LoaderSessions(Sessions sessions, String name) {
        this.sessions = sessions;
        this.name = name;
    }

    /// A session that nobody else uses; to be given back.
    TargetSession take() {
        TargetSession kept;
        synchronized (this) {
            kept = idle.poll();
        }
        return kept == null ? TargetSession.open(sessions, name) : kept;
    }

    /// Takes a session back that has done its work.
    synchronized void giveBack(TargetSession session) {
        if (closed) {
            session.abandon();
        } else {
            idle.push(session);
        }
    }

    /// Closes the sessions that are not in use.
    synchronized void closeIdle() {
        idle.forEach(TargetSession::abandon);
        idle.clear();
    }

    @Override
    public synchronized void close() {
        closed = true;
        closeIdle();
    }
}
