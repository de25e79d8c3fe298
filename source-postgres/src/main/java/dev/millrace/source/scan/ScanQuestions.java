package dev.millrace.source.scan;

import dev.millrace.core.position.Lsn;
import dev.millrace.core.shape.Shape;
import dev.millrace.core.shape.TableName;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/// What a scan asks the source outside of its own transaction, so that the answers are those of now.
public interface ScanQuestions {

    /// The shapes of the tables that can be read now.
    Map<TableName, Shape> shapes();

    /// The server's timeline; 0 where it does not tell.
    long timeline();

    /// Whether the server is a standby.
    boolean isStandby();

    /// The log's insert position; empty on a standby, and where the server does not tell.
    Optional<Lsn> inserted();

    /// How long the log of a transaction that has ended may take to be on the server's disk, at the most.
    Duration flushDelay();

    /// Up to where the log is on the server's disk; empty on a standby, and where the server does not tell.
    Optional<Lsn> flushed();
}
