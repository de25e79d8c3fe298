package dev.millrace.source.wal;

import dev.millrace.core.change.Tuple;
import dev.millrace.core.position.Lsn;
import dev.millrace.postgres.session.Sessions;
import dev.millrace.source.pgoutput.PluginOptions;
import java.nio.ByteBuffer;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.locks.LockSupport;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyDual;

/// Reads the log by `START_REPLICATION`: the server sends each transaction as it commits, and hears from us on time. Belongs to the
/// reading thread.
///
/// What is reported as flushed is what the destination has given receipts for, and nothing else.
final class StreamingGear implements Gear, AutoCloseable {

    private static final int PAYLOAD = 25;
    private static final int MESSAGES_BETWEEN_LOOKS = 64;
    private static final long PROMPT_NANOS = 50_000_000;
    private static final long REST_NANOS = 1_000_000;
    private static final long WIDE_AWAKE_NANOS = 100_000_000;
    private static final long SILENCE_NANOS = 60_000_000_000L;
    private static final Duration LEAST_INTERVAL = Duration.ofMillis(100);
    private static final Instant POSTGRES_EPOCH = Instant.parse("2000-01-01T00:00:00Z");

    private final Sessions sessions;
    private final Connection session;
    private final boolean mayPeek;
    private final CopyDual copy;
    private final LogSettings settings;
    private final Assembler assembler;
    private final Handover handover;
    private final long intervalNanos;
    private final ByteBuffer status = ByteBuffer.allocate(34);
    private Lsn told = Lsn.ZERO;
    private long toldAt;
    private long latestMessageAt = System.nanoTime();
    private long bytesSinceLook;
    private boolean fresh;
    private long heardAt = latestMessageAt;
    private boolean heard;
    private boolean isLeftBehind;

    private StreamingGear(
            Sessions sessions,
            Connection session,
            CopyDual copy,
            LogSettings settings,
            Duration senderTimeout,
            boolean mayPeek,
            Assembler assembler,
            Handover handover) {
        this.sessions = sessions;
        this.mayPeek = mayPeek;
        this.session = session;
        this.copy = copy;
        this.settings = settings;
        this.assembler = assembler;
        this.handover = handover;
        this.intervalNanos = interval(settings.limits().statusInterval(), senderTimeout).toNanos();
    }

    /// Starts the stream on a session of its own.
    ///
    /// @param senderTimeout how long the server waits for a word from us; zero if for ever
    /// @param mayPeek whether the other gear is to be had
    static StreamingGear start(
            Sessions sessions,
            LogSettings settings,
            PluginOptions options,
            Duration senderTimeout,
            boolean mayPeek,
            Assembler assembler,
            Handover handover)
            throws SQLException {
        Connection session = sessions.openReplication();
        try {
            CopyDual copy = session.unwrap(PGConnection.class)
                    .getCopyAPI()
                    .copyDual(WalSql.STREAM.formatted(quoted(settings.slot()), assembler.handedOut(), options.asReplicationOptions()));
            return new StreamingGear(sessions, session, copy, settings, senderTimeout, mayPeek, assembler, handover);
        } catch (SQLException | RuntimeException e) {
            session.close();
            throw e;
        }
    }

    private static String quoted(String slot) {
        return '"' + slot + '"';
    }

    /// Well below what the server bears, and never longer than asked for.
    private static Duration interval(Duration wished, Duration senderTimeout) {
        Duration borne = senderTimeout.isZero() ? wished : senderTimeout.dividedBy(4);
        Duration shorter = borne.compareTo(wished) < 0 ? borne : wished;
        return shorter.compareTo(LEAST_INTERVAL) < 0 ? LEAST_INTERVAL : shorter;
    }

    @Override
    public void run() throws SQLException {
        assembler.pulse(this::tellFromWithin);
        tell(false);
        int untilLook = MESSAGES_BETWEEN_LOOKS;
        while (!isLeftBehind) {
            byte[] message = copy.readFromCopy(false);
            if (message == null) {
                rest();
                untilLook = MESSAGES_BETWEEN_LOOKS;
            } else {
                take(message);
                heard = true;
                fresh |= message[0] == 'w';
                bytesSinceLook += message.length;
                if (--untilLook == 0) {
                    untilLook = MESSAGES_BETWEEN_LOOKS;
                    handover.checkOpen();
                    tellIfDue();
                }
                lookBehind();
            }
        }
        assembler.flush();
    }

    /// Finds out, each time as much has come as half of what is a backlog, whether so much more has been written meanwhile that the
    /// other gear is the better one.
    private void lookBehind() throws SQLException {
        if (!mayPeek || bytesSinceLook < settings.limits().backlogBytes() / 2 || assembler.isWithinTransaction()) {
            return;
        }
        bytesSinceLook = 0;
        try (Connection ordinary = sessions.open()) {
            LogExtent log = LogExtent.of(ordinary, settings.slot(), assembler.reached());
            isLeftBehind = log.isWorthPeeking(assembler.reached(), settings.limits().backlogBytes());
        }
    }

    /// Nothing has come for about a millisecond, which the driver has waited for it.
    private void rest() throws SQLException {
        handover.checkOpen();
        long now = System.nanoTime();
        if (fresh) {
            fresh = false;
            latestMessageAt = now;
        }
        if (heard) {
            heard = false;
            heardAt = now;
        } else if (now - heardAt > SILENCE_NANOS) {
            heardAt = now;
            lookWhetherRead();
        }
        if (!copy.isActive()) {
            throw WalFaults.ended(settings.slot());
        }
        assembler.idle();
        tellIfDue();
        if (now - latestMessageAt > WIDE_AWAKE_NANOS) {
            LockSupport.parkNanos(REST_NANOS);
        }
    }

    /// The server has not even answered when it was asked where it stands: it is busy with something large, or gone without a word.
    private void lookWhetherRead() throws SQLException {
        try (Connection ordinary = sessions.open();
                PreparedStatement statement = ordinary.prepareStatement(WalSql.READER)) {
            statement.setString(1, settings.slot());
            try (ResultSet row = statement.executeQuery()) {
                if (!row.next() || row.getString(1) == null) {
                    throw WalFaults.ended(settings.slot());
                }
            }
        }
    }

    private void take(byte[] message) throws SQLException {
        if (message.length >= PAYLOAD && message[0] == 'w') {
            assembler.take(message, PAYLOAD, message.length - PAYLOAD);
        } else if (message.length >= 18 && message[0] == 'k') {
            assembler.readUpTo(new Lsn(Tuple.int64(message, 1)));
            if (message[17] != 0) {
                tell(false);
            }
        } else {
            throw new IllegalStateException("Invalid message in a stream: %d bytes (must be log data or a sign of life)".formatted(message.length));
        }
    }

    private void tellFromWithin() {
        try {
            tellIfDue();
        } catch (SQLException e) {
            throw new SessionBroken(e);
        }
    }

    private void tellIfDue() throws SQLException {
        long since = System.nanoTime() - toldAt;
        boolean news = told.isBefore(handover.acknowledged());
        boolean curious = assembler.isWaitedFor();
        if (since > intervalNanos || since > PROMPT_NANOS && (news || curious)) {
            tell(curious || System.nanoTime() - heardAt > SILENCE_NANOS / 2);
        }
    }

    /// Reports up to where everything was received, and up to where it is durable.
    ///
    /// @param answer whether the server shall say where it stands
    private void tell(boolean answer) throws SQLException {
        Lsn durable = handover.acknowledged();
        status.clear();
        status.put((byte) 'r')
                .putLong(Lsn.max(durable, assembler.reached()).bytes())
                .putLong(durable.bytes())
                .putLong(durable.bytes())
                .putLong(Duration.between(POSTGRES_EPOCH, Instant.now()).toNanos() / 1_000)
                .put((byte) (answer ? 1 : 0));
        copy.writeToCopy(status.array(), 0, status.position());
        copy.flushCopy();
        told = durable;
        toldAt = System.nanoTime();
    }

    /// The session in which the log is streamed.
    Connection session() {
        return session;
    }

    /// Tells the server what was acknowledged last, without waiting for it to take note.
    void tellLast() throws SQLException {
        tell(false);
    }

    @Override
    public void close() throws SQLException {
        assembler.pulse(() -> {});
        session.close();
    }
}
