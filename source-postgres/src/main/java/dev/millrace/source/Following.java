package dev.millrace.source;

import dev.millrace.core.fingerprint.FingerprintIndex;
import dev.millrace.core.secret.Salt;
import dev.millrace.source.catalog.Scope;
import dev.millrace.source.copy.LogTerms;
import dev.millrace.source.scan.ScanCount;
import dev.millrace.source.scan.ScanTerms;
import dev.millrace.source.verify.PostgresSide;
import java.sql.Connection;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Supplier;

/// How changes of a database are followed.
public sealed interface Following {

    /// Which tables can be followed so.
    Scope scope();

    /// Holds a session at a snapshot, for comparing; it is closed with what is given.
    ///
    /// @param salt the destination's
    PostgresSide side(Connection session, Salt salt);

    /// Through the write-ahead log.
    ///
    /// @param slot the replication slot's name
    /// @param publication the publication's name
    record Log(String slot, String publication) implements Following {

        @Override
        public Scope scope() {
            return new Scope.Published(publication);
        }

        @Override
        public PostgresSide side(Connection session, Salt salt) {
            return new PostgresSide(session, scope(), new LogTerms(), salt);
        }
    }

    /// By looking for rows that were written since the last look (`xmin`).
    ///
    /// @param pause between two looks that nobody asked for, at the least
    record Xmin(Duration pause) implements Following {

        @Override
        public Scope scope() {
            return new Scope.Readable();
        }

        @Override
        public PostgresSide side(Connection session, Salt salt) {
            return new PostgresSide(session, scope(), new ScanTerms(new ScanCount(), Optional.empty()), salt);
        }
    }

    /// By looking for rows as with [Xmin], and for keys that are gone.
    ///
    /// @param pause between two looks that nobody asked for, at the least
    /// @param index opens the index of the destination's keys, when it is first needed; the source closes it
    record Teleport(Duration pause, Supplier<FingerprintIndex> index) implements Following {

        @Override
        public Scope scope() {
            return new Scope.Readable();
        }

        @Override
        public PostgresSide side(Connection session, Salt salt) {
            return new PostgresSide(session, scope(), new ScanTerms(new ScanCount(), Optional.empty()), salt);
        }
    }
}
