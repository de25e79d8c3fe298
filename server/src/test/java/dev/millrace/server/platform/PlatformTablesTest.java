package dev.millrace.server.platform;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.destination.duckdb.DuckReader;
import dev.millrace.destination.duckdb.DuckSettings;
import dev.millrace.server.ServerHarness;
import dev.millrace.testkit.Eventually;
import dev.millrace.testkit.postgres.TestDatabase;
import dev.millrace.testkit.postgres.TestPostgres;
import java.nio.file.Path;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@SuppressWarnings("NullAway.Init")
@Timeout(180)
class PlatformTablesTest {

    private static final Duration LIMIT = Duration.ofSeconds(60);

    @TempDir
    Path home;

    @Test
    void what_runs_did_can_be_read_beside_the_copies() {
        try (TestDatabase database = TestPostgres.latest().newDatabase(); ServerHarness server = new ServerHarness(home)) {
            database.execute("CREATE TABLE mills (id int PRIMARY KEY, note text)", "INSERT INTO mills SELECT i FROM generate_series(1, 10) AS i");
            database.createPublicationAndSlot("pub", "slot_" + database.name());
            String id = server.post("/v1/connections", ServerHarness.connection(server.group("shop"), database, "shop").toString()).data().path("id").asString();
            Eventually.within(LIMIT, () -> assertThat(column("SELECT message_event FROM millrace_metadata.log ORDER BY id"))
                    .contains("sync_start", "write_to_table_start", "records_modified", "write_to_table_end", "extract_summary", "sync_end"));
            database.execute("UPDATE mills SET note = 'x' WHERE id <= 3", "DELETE FROM mills WHERE id = 10");
            server.post("/v1/connections/" + id + "/sync", "");
            Eventually.within(LIMIT, () -> assertThat(column(
                            "SELECT json_extract_string(message_data, '$.operationType') || ' ' || json_extract_string(message_data, '$.count') FROM millrace_metadata.log "
                                    + "WHERE message_event = 'records_modified' ORDER BY id"))
                    .contains("REPLACED_OR_INSERTED 10", "UPDATED 3", "DELETED 1"));
            assertThat(column("SELECT connection_name || ' ' || connector_type FROM millrace_metadata.connection")).containsExactly("shop aurora_postgres");
            assertThat(column("SELECT table_name || ' ' || sync_type || ' ' || incremental_rows FROM millrace_metadata.incremental_mar ORDER BY sync_type"))
                    .containsExactly("mills HISTORICAL 10", "mills INCREMENTAL 4");
            assertThat(column("SELECT name FROM millrace_metadata.destination")).containsExactly("shop");
            assertThat(column("SELECT count(*) FROM millrace_metadata.log GROUP BY id HAVING count(*) > 1")).isEmpty();
        }
    }

    private List<String> column(String sql) {
        List<String> values = new ArrayList<>();
        try (DuckReader reader = DuckReader.openBesideWriters(home.resolve("destinations/shop.duckdb"), "shop", DuckSettings.defaults());
                Statement statement = reader.connection().createStatement();
                ResultSet row = statement.executeQuery(sql)) {
            while (row.next()) {
                values.add(row.getString(1));
            }
        } catch (SQLException e) {
            throw new AssertionError(e);
        }
        return values;
    }
}
