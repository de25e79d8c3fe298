package dev.millrace.source.wal;

import dev.millrace.core.change.Tuple;
import dev.millrace.core.position.Lsn;
import dev.millrace.source.pgoutput.PluginOptions;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.concurrent.locks.LockSupport;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyOut;

/// Reads a backlog by `COPY` of what the SQL functions for logical decoding return, piece by piece: the connection's slot is moved past a
/// piece once the destination holds it. About twice as fast as streaming, since the server sends rows in bulk. Belongs to the reading thread.
///
/// A piece has whole transactions only, so it may be much larger than asked for; it passes through memory in batches all the same.
final class BulkGear implements Gear {

    private static final int SIGNATURE = 11;
    private static final long LOOK_NANOS = 2_000_000;

    private final Connection session;
    private final SessionInUse sessionInUse;
    private final LogSettings settings;
    private final PluginOptions options;
    private final Assembler assembler;
    private final Handover handover;
    private long messages;
    private long advancedAt;

    BulkGear(
            Connection session,
            SessionInUse sessionInUse,
            LogSettings settings,
            PluginOptions options,
            Assembler assembler,
            Handover handover) {
        this.session = session;
        this.sessionInUse = sessionInUse;
        this.settings = settings;
        this.options = options;
        this.assembler = assembler;
        this.handover = handover;
    }

    /// Reads pieces until little is left.
    @Override
    public void run() throws SQLException {
        try {
            advance();
            BulkSlot slot = BulkSlot.of(session, settings.slot());
            LogExtent log;
            do {
                log = LogExtent.of(session, slot.name(), assembler.handedOut());
                piece(slot, log.end());
                if (!slot.runsAhead()) {
                    assembler.flush();
                    awaitReceipts();
                    advance();
                } else if (System.nanoTime() - advancedAt > settings.limits().statusInterval().toNanos()) {
                    advance();
                }
            } while (log.isWorthPeeking(assembler.reached(), settings.limits().backlogBytes()) && messages > 0);
            assembler.flush();
        } catch (ReadingStopped e) {
            advance();
            throw e;
        } catch (SQLException e) {
            if (handover.isClosing() && !session.isClosed()) {
                advance();
            }
            throw e;
        }
    }

    private void piece(BulkSlot slot, Lsn end) throws SQLException {
        assembler.pulse(handover::checkOpen);
        read(slot.piece(end, settings.limits().peekChanges(), options));
        if (messages < settings.limits().peekChanges()) {
            assembler.readUpTo(end);
        }
    }

    private void read(String sql) throws SQLException {
        messages = 0;
        // In this order: who closes the feed sets its mark first, then looks whether there is a statement to cancel.
        sessionInUse.inStatement(true);
        handover.checkOpen();
        CopyOut copy = session.unwrap(PGConnection.class).getCopyAPI().copyOut(sql);
        try {
            for (byte[] data = copy.readFromCopy(); data != null; data = copy.readFromCopy()) {
                takeRows(data);
            }
        } finally {
            sessionInUse.inStatement(false);
            if (copy.isActive()) {
                copy.cancelCopy();
            }
        }
    }

    /// Takes the rows of one message of the COPY: there is one row in each, with the file's header before the first one, and the
    /// trailer in the last.
    private void takeRows(byte[] data) {
        int at = data.length > SIGNATURE && data[0] == 'P' && data[1] == 'G' ? SIGNATURE + 8 + Tuple.int32(data, SIGNATURE + 4) : 0;
        while (at < data.length) {
            int fields = Tuple.int16(data, at);
            if (fields == -1) {
                return;
            }
            int length = Tuple.int32(data, at + 2);
            if (fields != 1 || length < 1 || length > data.length - at - 6) {
                throw new IllegalStateException(
                        "Invalid row of a piece: %d fields, %d bytes (must be one log message)".formatted(fields, length));
            }
            assembler.take(data, at + 6, length);
            messages++;
            at += 6 + length;
        }
    }

    private void awaitReceipts() {
        while (handover.acknowledged().isBefore(assembler.handedOut())) {
            handover.checkOpen();
            LockSupport.parkNanos(LOOK_NANOS);
        }
    }

    /// Has the connection's slot forget what the destination holds.
    private void advance() throws SQLException {
        try (PreparedStatement statement = session.prepareStatement(WalSql.ADVANCE)) {
            statement.setString(1, settings.slot());
            statement.setString(2, handover.acknowledged().toString());
            statement.execute();
        }
        advancedAt = System.nanoTime();
    }
}
