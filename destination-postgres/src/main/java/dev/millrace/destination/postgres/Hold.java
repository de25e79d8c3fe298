package dev.millrace.destination.postgres;

import dev.millrace.core.fault.Fault;
import dev.millrace.core.fault.FaultKind;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Optional;

/// One run's right to write for a connection: a lock of the owner's session, and a number that goes up whenever the lock is taken.
///
/// The lock ends with the session, so what the owner commits is committed under it. Other sessions of the run commit only while the number
/// is the run's: whoever takes the lock next waits until they have.
final class Hold {

    /// A run that was killed is gone at once, and its session a moment later.
    private static final String PATIENCE = "SET lock_timeout = '5s'";

    private static final String HOLDER =
            """
            SELECT a.pid || coalesce(' from ' || host(a.client_addr), '') || ', since ' || to_char(a.backend_start, 'YYYY-MM-DD HH24:MI:SS TZ')
            FROM pg_locks l JOIN pg_stat_activity a USING (pid)
            WHERE l.locktype = 'advisory' AND l.granted AND l.objsubid = 1
                AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())
                AND (l.classid::bigint << 32 | l.objid::bigint) = ?""";

    private final String connection;
    private final long key;
    private long epoch;
    private int pid;
    private Instant begunAt = Instant.EPOCH;

    private Hold(String connection) {
        this.connection = connection;
        this.key = key(connection);
    }

    /// Takes the lock for a run that begins.
    ///
    /// @throws Fault `DESTINATION_HELD` if another run has it
    static Hold take(TargetSession session, String connection) {
        Hold hold = new Hold(connection);
        hold.lock(session);
        hold.epoch = session.query(
                        """
                        INSERT INTO _millrace.holders (connection, epoch, since) VALUES (?, 1, now())
                        ON CONFLICT (connection) DO UPDATE SET epoch = _millrace.holders.epoch + 1, since = excluded.since
                        RETURNING epoch""",
                        row -> row.getLong(1),
                        connection)
                .getFirst();
        return hold;
    }

    /// Takes the lock again, in another session, after the one that had it was lost.
    ///
    /// @throws Fault `DESTINATION_HELD` if another run had it in between
    void takeAgain(TargetSession session) {
        session.queryFirst(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid = ? AND backend_start = ?", row -> true, pid, begunAt);
        lock(session);
        epoch = session.queryFirst(
                        "UPDATE _millrace.holders SET epoch = epoch + 1, since = now() WHERE connection = ? AND epoch = ? RETURNING epoch",
                        row -> row.getLong(1),
                        connection,
                        epoch)
                .orElseThrow(() -> held(session, "another run has taken over"));
    }

    private void lock(TargetSession session) {
        session.run(PATIENCE);
        try {
            session.query("SELECT pg_advisory_lock(?)", row -> true, key);
        } catch (Fault e) {
            if (e.kind() != FaultKind.DESTINATION_BUSY) {
                throw e;
            }
            Optional<String> holder = session.queryFirst(HOLDER, row -> row.getString(1), key);
            throw held(session, holder.map("its session is %s"::formatted).orElse("it has let go of it just now"));
        }
        session.run("SET lock_timeout = 0");
        session.queryFirst("SELECT pid, backend_start FROM pg_stat_activity WHERE pid = pg_backend_pid()", row -> {
            pid = row.getInt(1);
            begunAt = row.getObject(2, OffsetDateTime.class).toInstant();
            return pid;
        });
    }

    private Fault held(TargetSession session, String detail) {
        return new Fault(
                FaultKind.DESTINATION_HELD,
                session.place().name(),
                "Another run writes to %s for the connection `%s` (%s); nothing was written.".formatted(session.place().name(), connection, detail),
                "Wait until it has ended, or stop it. If no Millrace runs: `SELECT pg_terminate_backend(...)` with the number of its session.");
    }

    /// Makes sure, at the end of a transaction of another session of this run, that it is committed only if the run still has the lock.
    void check(TargetSession session) {
        if (session.queryFirst("SELECT 1 FROM _millrace.holders WHERE connection = ? AND epoch = ? FOR SHARE", row -> true, connection, epoch)
                .isEmpty()) {
            throw held(session, "another run has taken over");
        }
    }

    private static long key(String connection) {
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(("millrace " + connection).getBytes(StandardCharsets.UTF_8));
            return ByteBuffer.wrap(hash).getLong();
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Invalid machine: no SHA-256 (every JDK has it)", e);
        }
    }
}
