package dev.millrace.worker.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.testkit.postgres.OnVersions;
import dev.millrace.testkit.postgres.TestDatabase;
import dev.millrace.testkit.postgres.TestPostgres;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;

/// Values of every type, by chance and from the ends of its range, in hashed columns: by copy, by the log in binary, by the log as text.
///
/// PostgreSQL is the oracle: `verify` has it hash what it prints, and compares every row.
@Tag("long")
class HashedTypesTest {

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path folder;

    @OnVersions({11, 13, 14, 17, 18})
    void every_type_is_hashed_alike_on_every_path(int version) throws SQLException {
        List<SampleType> samples = SampleTypes.of(version);
        try (TestDatabase db = TestPostgres.version(version).newDatabase()) {
            TypesTest.fill(db, samples);
            db.createPublicationAndSlot(TestConnection.PUBLICATION, db.name());
            TestConnection connection = TestConnection.of(db, folder).choosing(allHashed(samples));
            try (TestSync sync = connection.open(_ -> {})) {
                sync.upToNow();
                assertThat(sync.verify().proven()).as("copied").isTrue();
                TypesTest.touch(db, samples);
                sync.upToNow();
                assertThat(TypesTest.mustBeText(sync)).isEmpty();
                assertThat(sync.verify().proven()).as("logged in binary, where there is that").isTrue();
                db.execute("CREATE TABLE named (id int PRIMARY KEY, v regclass)", "INSERT INTO named VALUES (1, 'types_0')");
                TypesTest.touch(db, samples);
                sync.upToNow();
                assertThat(TypesTest.mustBeText(sync)).containsExactly("text");
                assertThat(sync.verify().proven()).as("logged as text").isTrue();
            }
        }
    }

    private static String allHashed(List<SampleType> samples) {
        List<List<SampleType>> tables = TypesTest.tables(samples);
        return IntStream.range(0, tables.size())
                .mapToObj(number -> "types_%d: {columns: {%s}}"
                        .formatted(
                                number,
                                IntStream.range(0, tables.get(number).size())
                                        .mapToObj("v%d: {hashed: true}"::formatted)
                                        .collect(Collectors.joining(", "))))
                .collect(Collectors.joining(", ", "{tables: {named: {columns: {v: {hashed: true}}}, ", "}}"));
    }
}
