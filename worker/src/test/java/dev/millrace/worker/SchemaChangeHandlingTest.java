package dev.millrace.worker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.core.run.Goal;
import dev.millrace.core.shape.Column;
import dev.millrace.testkit.postgres.TestDatabase;
import dev.millrace.testkit.postgres.TestPostgres;
import dev.millrace.worker.settings.ConnectionSettings;
import dev.millrace.worker.settings.SettingsReader;
import dev.millrace.worker.settings.SettingsReading;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SchemaChangeHandlingTest {

    @TempDir
    Path folder;

    @Test
    void what_comes_later_is_copied_unless_said_otherwise() {
        assertThat(shapesAfterChanges("ALLOW_ALL", "")).isEqualTo(Map.of("mills", "id,note,built", "wheels", "id", "boards", "id"));
    }

    @Test
    void new_columns_are_copied_and_new_tables_are_not() {
        assertThat(shapesAfterChanges("ALLOW_COLUMNS", "")).isEqualTo(Map.of("mills", "id,note,built"));
    }

    @Test
    void nothing_new_is_copied() {
        assertThat(shapesAfterChanges("BLOCK_ALL", "")).isEqualTo(Map.of("mills", "id,note"));
    }

    @Test
    void what_is_named_is_copied_though_it_is_new() {
        String named = "schemas: {public: {tables: {wheels: {enabled: true}, mills: {columns: {built: {enabled: true}}}}}}";
        assertThat(shapesAfterChanges("BLOCK_ALL", named)).isEqualTo(Map.of("mills", "id,note,built", "wheels", "id"));
    }

    private Map<String, String> shapesAfterChanges(String handling, String schemas) {
        try (TestDatabase database = TestPostgres.latest().newDatabase();
                ConnectionSync sync = ConnectionSync.open(new Wiring(settings(database, handling, schemas), InstantSource.system()))) {
            database.execute("CREATE TABLE mills (id int PRIMARY KEY, note text)", "INSERT INTO mills VALUES (1, 'a')");
            database.createPublicationAndSlot("pub", "slot_" + database.name());
            run(sync);
            database.execute(
                    "ALTER TABLE mills ADD built date DEFAULT '1786-01-01'",
                    "INSERT INTO mills VALUES (2, 'b')",
                    "CREATE TABLE wheels (id int PRIMARY KEY)",
                    "INSERT INTO wheels VALUES (1)",
                    "CREATE TABLE boards (id int PRIMARY KEY)");
            run(sync);
            database.execute("UPDATE mills SET note = 'c'", "INSERT INTO wheels VALUES (2)");
            run(sync);
            Map<String, String> shapes = new TreeMap<>();
            sync.recall().tables().forEach((name, table) -> shapes.put(
                    name.table(), String.join(",", table.shape().columns().stream().map(Column::name).toList())));
            return shapes;
        }
    }

    private static void run(ConnectionSync sync) {
        sync.run(Goal.UP_TO_NOW, RetryPolicy.none(), _ -> {}, (_, _) -> {});
    }

    private ConnectionSettings settings(TestDatabase database, String handling, String schemas) {
        String yaml = """
                source:
                  service: postgres
                  host: %s
                  port: %d
                  database: %s
                  user: %s
                  password: %s
                  replication_slot: slot_%s
                  publication_name: pub
                destination:
                  service: duckdb
                  path: copy.duckdb
                schema_prefix: t
                schema_change_handling: %s
                %s
                """.formatted(
                        database.host(),
                        database.port(),
                        database.name(),
                        database.user(),
                        database.password(),
                        database.name(),
                        handling,
                        schemas);
        SettingsReading reading = new SettingsReader(_ -> Optional.empty()).read(yaml, folder.resolve("connection.yaml"));
        assertThat(reading).isInstanceOf(SettingsReading.Understood.class);
        return ((SettingsReading.Understood) reading).settings();
    }
}
