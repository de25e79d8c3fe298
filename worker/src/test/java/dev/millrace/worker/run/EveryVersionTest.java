package dev.millrace.worker.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.testkit.Seed;
import dev.millrace.testkit.history.HistoryTables;
import dev.millrace.testkit.history.HistoryWriter;
import dev.millrace.testkit.postgres.TestDatabase;
import dev.millrace.testkit.postgres.TestPostgres;
import dev.millrace.worker.verify.Verdict;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

class EveryVersionTest {

    @TempDir
    Path folder;

    @TestFactory
    Stream<DynamicTest> copies_follows_and_goes_on_after_a_restart() {
        return TestPostgres.VERSIONS.stream()
                .map(version -> DynamicTest.dynamicTest("PostgreSQL " + version, () -> copiesFollowsAndGoesOn(version)));
    }

    private void copiesFollowsAndGoesOn(int version) throws Exception {
        Random random = Seed.forTest("every version " + version).random();
        Path here = Files.createDirectories(folder.resolve("v" + version));
        try (TestDatabase db = TestPostgres.version(version).newDatabase()) {
            HistoryTables.DDL.forEach(db::execute);
            write(db, random, 60);
            db.createPublicationAndSlot(TestConnection.PUBLICATION, db.name());
            write(db, random, 60);
            TestConnection connection = TestConnection.of(db, here);
            try (TestSync sync = connection.open(_ -> {})) {
                assertThat(sync.upToNow().tablesPublished()).isEqualTo(HistoryTables.NAMES.size());
                write(db, random, 60);
                sync.upToNow();
                assertProven(sync.verify());
            }
            write(db, random, 60);
            try (TestSync sync = connection.open(_ -> {})) {
                assertThat(sync.upToNow().tablesPublished()).isZero();
                assertProven(sync.verify());
            }
        }
    }

    private static void assertProven(Verdict verdict) {
        assertThat(verdict.tables()).hasSize(HistoryTables.NAMES.size());
        assertThat(verdict.tables()).allSatisfy(table -> assertThat(table.differences()).as(table.table().toString()).isEmpty());
        assertThat(verdict.proven()).isTrue();
    }

    private static void write(TestDatabase db, Random random, int transactions) throws Exception {
        try (Connection session = db.session()) {
            HistoryWriter writer = new HistoryWriter(session, random.nextLong());
            for (int i = 0; i < transactions; i++) {
                writer.transaction();
            }
        }
    }
}
