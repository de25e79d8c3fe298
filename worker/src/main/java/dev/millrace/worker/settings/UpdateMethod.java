package dev.millrace.worker.settings;

import java.time.Duration;

/// How changes are followed, by the names that the reference product gives the ways.
public sealed interface UpdateMethod {

    /// The name in settings.
    String text();

    /// Through the write-ahead log.
    ///
    /// @param replicationSlot the slot that this connection alone reads
    /// @param publication the publication that names the tables
    record WalPgoutput(String replicationSlot, String publication) implements UpdateMethod {

        @Override
        public String text() {
            return "WAL_PGOUTPUT";
        }
    }

    /// By looking for rows that were written since the last look; rows that are deleted are not seen.
    ///
    /// @param pause between two looks that nobody waits for, at the least
    record Xmin(Duration pause) implements UpdateMethod {

        @Override
        public String text() {
            return "XMIN";
        }
    }

    /// By looking for rows as with [Xmin], and for keys that are gone.
    ///
    /// @param pause between two looks that nobody waits for, at the least
    record Teleport(Duration pause) implements UpdateMethod {

        @Override
        public String text() {
            return "TELEPORT";
        }
    }
}
