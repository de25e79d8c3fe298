package dev.millrace.source.wal;

import dev.millrace.core.feed.ChangeFeed;
import dev.millrace.core.position.LogPosition;
import dev.millrace.core.position.Position;
import dev.millrace.core.run.Limits;
import dev.millrace.testkit.contract.ChangeFeedContract;
import dev.millrace.testkit.postgres.TestDatabase;
import dev.millrace.testkit.postgres.TestPostgres;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;

/// The feed's contract, kept by each gear and by a server that has no blocks and no binary.
final class LogReaderContractTest {

    private abstract static class Subject implements ChangeFeedContract {

        private final int version;
        private final Limits limits;
        private LogFixture log;
        private LogPosition start;

        Subject(int version, Limits limits) {
            this.version = version;
            this.limits = limits;
        }

        @BeforeEach
        void prepare() {
            log = new LogFixture(TestPostgres.version(version).newDatabase());
            log.database.execute("CREATE TABLE note (id text PRIMARY KEY, body text)");
            start = new LogPosition(log.withSlot().confirmed());
        }

        @AfterEach
        void cleanUp() {
            log.close();
        }

        @Override
        public TestDatabase database() {
            return log.database;
        }

        @Override
        public Position start() {
            return start;
        }

        @Override
        public Position end() {
            return new LogPosition(log.logEnd());
        }

        @Override
        public ChangeFeed open(Position from) {
            return log.open(limits, LogPosition.lsn(from));
        }
    }

    @Nested
    final class Streaming extends Subject {
        Streaming() {
            super(17, LogFixture.limits(64 << 10, Long.MAX_VALUE >> 8));
        }
    }

    @Nested
    final class Peeking extends Subject {
        Peeking() {
            super(17, LogFixture.limits(64 << 10, 0));
        }
    }

    @Nested
    final class StreamingFromVersion11 extends Subject {
        StreamingFromVersion11() {
            super(11, LogFixture.limits(64 << 10, Long.MAX_VALUE >> 8));
        }
    }

    @Nested
    final class PeekingAtVersion11 extends Subject {
        PeekingAtVersion11() {
            super(11, LogFixture.limits(64 << 10, 0));
        }
    }
}
