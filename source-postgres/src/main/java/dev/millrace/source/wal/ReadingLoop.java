package dev.millrace.source.wal;

import dev.millrace.core.fault.Fault;
import dev.millrace.core.fault.FaultKind;
import dev.millrace.core.fault.HeapFull;
import dev.millrace.core.position.Lsn;
import dev.millrace.core.spool.Spool;
import dev.millrace.postgres.session.Sessions;
import dev.millrace.source.fault.PostgresFaults;
import dev.millrace.source.pgoutput.PluginOptions;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What the reading thread does from opening to closing: it chooses the gear, starts over in text where binary cannot be decoded, and
/// turns whatever ends the reading into a fault for the owner.
final class ReadingLoop implements Runnable {

    private static final Logger LOG = LoggerFactory.getLogger(ReadingLoop.class);
    private static final Duration CONFIRMATION_LIMIT = Duration.ofSeconds(3);
    private static final long LOOK_NANOS = 10_000_000;
    private static final String UNDEFINED_OBJECT = "42704";

    private final Sessions sessions;
    private final LogSettings settings;
    private final Relations relations;
    private final Opening opening;
    private final Handover handover;
    private final FenceWatch fences;
    private final XidsRead xidsRead;
    private final Spool spool;
    private final SessionInUse sessionInUse;
    private boolean binary;
    private boolean mayPeek = true;

    ReadingLoop(
            Sessions sessions,
            LogSettings settings,
            Relations relations,
            Opening opening,
            Handover handover,
            FenceWatch fences,
            XidsRead xidsRead,
            Spool spool,
            SessionInUse sessionInUse) {
        this.sessions = sessions;
        this.settings = settings;
        this.relations = relations;
        this.opening = opening;
        this.handover = handover;
        this.fences = fences;
        this.xidsRead = xidsRead;
        this.spool = spool;
        this.sessionInUse = sessionInUse;
    }

    @Override
    public void run() {
        try (Assembler assembler = new Assembler(settings.limits(), spool, relations, handover, fences, xidsRead, opening)) {
            binary = relations.mayBeBinary();
            relations.begin(binary);
            Opening now = opening;
            while (true) {
                readFrom(now, assembler);
                now = new SlotCheck(settings).open(sessions, handover.acknowledged());
            }
        } catch (ReadingStopped _) {
            LOG.debug("reading=stopped slot={}", settings.slot());
        } catch (SessionBroken e) {
            fail(e.reason());
        } catch (SQLException e) {
            fail(e);
        } catch (RuntimeException e) {
            handover.fail(e);
        } catch (OutOfMemoryError e) {
            handover.fail(HeapFull.fault("the log", e));
        } finally {
            fences.close();
        }
    }

    private void fail(SQLException e) {
        if (!handover.isClosing()) {
            handover.fail(fault(e));
        }
    }

    /// Reads until there is a reason to open the slot anew: a backlog has grown, or binary was the wrong thing to ask for.
    private void readFrom(Opening now, Assembler assembler) throws SQLException {
        try {
            if (now.isWorthPeeking(settings.limits().backlogBytes()) && mayPeek) {
                peek(now, assembler);
            }
            stream(now, assembler);
        } catch (BinaryUnfit e) {
            LOG.info("reading=text slot={} reason=\"{}\"", settings.slot(), e.getMessage());
            binary = false;
            relations.begin(false);
        }
        assembler.startOver();
    }

    private void peek(Opening now, Assembler assembler) throws SQLException {
        LOG.info("reading=peeking slot={} backlog={}", settings.slot(), now.backlog());
        try (Connection session = sessions.open()) {
            sessionInUse.is(session);
            new BulkGear(session, sessionInUse, settings, options(false), assembler, handover).run();
        } catch (SQLException e) {
            if (!isForWantOfRoom(e)) {
                throw e;
            }
            mayPeek = false;
            LOG.warn("reading=streaming slot={} reason=\"the source has no room for a peek\" sqlstate={}", settings.slot(), e.getSQLState());
            assembler.startOver();
        } finally {
            sessionInUse.is(null);
        }
    }

    /// A piece lies in memory or temporary files of the server first; streaming does not.
    private static boolean isForWantOfRoom(SQLException e) {
        return String.valueOf(e.getSQLState()).startsWith("53");
    }

    private void stream(Opening now, Assembler assembler) throws SQLException {
        LOG.info("reading=streaming slot={} from={}", settings.slot(), assembler.handedOut());
        try (StreamingGear gear =
                StreamingGear.start(sessions, settings, options(true), now.senderTimeout(), mayPeek, assembler, handover)) {
            sessionInUse.is(gear.session());
            try {
                gear.run();
            } catch (ReadingStopped e) {
                gear.tellLast();
                awaitConfirmation();
                throw e;
            }
        } finally {
            sessionInUse.is(null);
        }
    }

    private PluginOptions options(boolean blocks) {
        return PluginOptions.of(opening.serverVersion(), settings.publications(), binary, blocks);
    }

    /// Waits until the server has taken note of what was acknowledged last.
    private void awaitConfirmation() throws SQLException {
        Lsn acknowledged = handover.acknowledged();
        if (!opening.log().confirmed().isBefore(acknowledged)) {
            return;
        }
        long deadline = System.nanoTime() + CONFIRMATION_LIMIT.toNanos();
        try (Connection session = sessions.open();
                PreparedStatement statement = session.prepareStatement(WalSql.CONFIRMED)) {
            statement.setString(1, settings.slot());
            while (System.nanoTime() < deadline && !isConfirmed(statement, acknowledged)) {
                LockSupport.parkNanos(LOOK_NANOS);
            }
        }
    }

    private static boolean isConfirmed(PreparedStatement statement, Lsn acknowledged) throws SQLException {
        try (ResultSet row = statement.executeQuery()) {
            return !row.next() || row.getString(1) == null || !Lsn.parse(row.getString(1)).isBefore(acknowledged);
        }
    }

    /// The fault behind a failure: where the server refused, the slot is looked at again, since that says more than the refusal.
    private Fault fault(SQLException e) {
        Fault fault = PostgresFaults.of(e, settings.subject());
        if (fault.kind().owner() != FaultKind.Owner.SOURCE) {
            return fault;
        }
        try {
            new SlotCheck(settings).open(sessions, handover.acknowledged());
        } catch (Fault finding) {
            finding.addSuppressed(e);
            return finding;
        }
        return UNDEFINED_OBJECT.equals(e.getSQLState()) ? WalFaults.publicationTooYoung(settings, e) : fault;
    }
}
