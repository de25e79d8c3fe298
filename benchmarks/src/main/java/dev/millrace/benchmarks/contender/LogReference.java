package dev.millrace.benchmarks.contender;

import java.nio.ByteBuffer;
import java.sql.Connection;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.postgresql.PGConnection;
import org.postgresql.replication.PGReplicationStream;

/// The ceiling of a log over one session: START_REPLICATION with pgoutput's binary values, read by pgjdbc and thrown away. Of a message
/// only its kind is looked at, to count changes.
final class LogReference implements Contender {

    private static final int STATUS_INTERVAL_SECONDS = 10;

    @Override
    public String name() {
        return "log-discard";
    }

    @Override
    public String title() {
        return "START_REPLICATION binary, thrown away";
    }

    @Override
    public void run(Assignment assignment, Stopwatch watch) throws Exception {
        try (Connection session = assignment.replicationSession(); PGReplicationStream stream = open(session, assignment)) {
            long changes = 0;
            while (true) {
                ByteBuffer message = Objects.requireNonNull(stream.read());
                switch (message.get(message.position())) {
                    case 'I', 'U', 'D' -> changes++;
                    case 'C' -> {
                        stream.setFlushedLSN(stream.getLastReceiveLSN());
                        if (changes >= assignment.rows()) {
                            watch.stop(changes);
                            return;
                        }
                    }
                    default -> {
                        // Begin, relation and the like count as nothing.
                    }
                }
            }
        }
    }

    private static PGReplicationStream open(Connection session, Assignment assignment) throws Exception {
        return session.unwrap(PGConnection.class).getReplicationAPI().replicationStream().logical()
                .withSlotName(assignment.slot())
                .withSlotOption("proto_version", 1)
                .withSlotOption("publication_names", assignment.publication())
                .withSlotOption("binary", "true")
                .withStatusInterval(STATUS_INTERVAL_SECONDS, TimeUnit.SECONDS)
                .start();
    }
}
