package dev.millrace.source.wal;

import dev.millrace.core.position.Lsn;
import dev.millrace.core.run.Limits;
import dev.millrace.source.pgoutput.PluginOptions;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.FutureTask;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.locks.LockSupport;

/// Reads a backlog by `COPY` of what the SQL functions for logical decoding return, piece by piece: the connection's slot is moved past a
/// piece once the destination holds it. About twice as fast as streaming, since the server sends rows in bulk. Belongs to the reading thread.
///
/// A piece has whole transactions only, so it may be much larger than asked for; it passes through memory in batches all the same.
final class BulkGear implements Gear {

    private static final long LOOK_NANOS = 2_000_000;
    private static final Duration ENDING = Duration.ofMillis(200);

    private final Connection session;
    private final SessionInUse sessionInUse;
    private final LogSettings settings;
    private final PluginOptions options;
    private final Assembler assembler;
    private final Handover handover;
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
            assembler.pulse(handover::checkOpen);
            BulkSlot slot = BulkSlot.of(session, settings.slot());
            if (slot.runsAhead()) {
                ahead(slot);
            } else {
                inTurns(slot);
            }
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

    private void inTurns(BulkSlot slot) throws SQLException {
        PieceReader reader = new PieceReader(session, sessionInUse, handover::checkOpen);
        LogExtent log;
        long messages;
        do {
            log = LogExtent.of(session, slot.name(), assembler.handedOut());
            messages = reader.read(slot.piece(log.end(), limits().peekChanges(), options), assembler::take);
            if (messages < limits().peekChanges()) {
                assembler.readUpTo(log.end());
            }
            assembler.flush();
            awaitReceipts();
            advance();
        } while (messages > 0 && log.isWorthPeeking(assembler.handedOut(), limits().backlogBytes()));
    }

    private void awaitReceipts() {
        while (handover.acknowledged().isBefore(assembler.handedOut())) {
            handover.checkOpen();
            LockSupport.parkNanos(LOOK_NANOS);
        }
    }

    /// The session is the other thread's until that has ended.
    private void ahead(BulkSlot slot) throws SQLException {
        ReadAhead messages = new ReadAhead(limits().batchBytes());
        FutureTask<Lsn> pull = new FutureTask<>(() -> {
            try {
                return pull(slot, messages);
            } finally {
                messages.end();
            }
        });
        Thread puller = Thread.ofPlatform().name("log-puller").start(pull);
        try {
            while (messages.drainTo(assembler::take)) {
                handover.checkOpen();
            }
        } finally {
            messages.abandon();
            awaitEnd(puller);
        }
        assembler.readUpTo(readUpTo(pull));
        assembler.flush();
    }

    /// Reads pieces until little is left; returns up to where everything has been read.
    private Lsn pull(BulkSlot slot, ReadAhead messages) throws SQLException {
        PieceReader reader = new PieceReader(session, sessionInUse, () -> {
            handover.checkOpen();
            messages.checkWanted();
        });
        LogExtent log;
        do {
            log = LogExtent.of(session, slot.name(), handover.acknowledged());
            if (reader.read(slot.piece(log.end(), limits().peekChanges(), options), messages) < limits().peekChanges()) {
                return log.end();
            }
            if (System.nanoTime() - advancedAt > limits().statusInterval().toNanos()) {
                advance();
            }
        } while (log.isWorthPeeking(log.confirmed(), limits().backlogBytes()));
        return log.confirmed();
    }

    /// Waits until the other thread has ended, which it does as soon as the server lets go of it.
    private void awaitEnd(Thread puller) {
        boolean interrupted = false;
        while (puller.isAlive()) {
            try {
                if (!puller.join(ENDING)) {
                    sessionInUse.cancel();
                }
            } catch (InterruptedException _) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private static Lsn readUpTo(FutureTask<Lsn> pull) throws SQLException {
        try {
            return pull.get();
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            throw new ReadingStopped();
        } catch (ExecutionException e) {
            switch (e.getCause()) {
                case SQLException refusal -> throw refusal;
                case RuntimeException failure -> throw failure;
                case Error failure -> throw failure;
                case null, default -> throw new IllegalStateException("Invalid end of reading", e);
            }
        }
    }

    private Limits limits() {
        return settings.limits();
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
