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
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.node.ObjectNode;

@SuppressWarnings("NullAway.Init")
@Timeout(180)
class PlatformTablesTest {

    private static final Duration LIMIT = Duration.ofSeconds(60);

    private static final String ENDS = "SELECT id FROM millrace_metadata.log WHERE message_event = 'sync_end'";

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

    @Test
    void what_was_written_before_a_start_is_not_written_again_after_it() {
        try (TestDatabase database = TestPostgres.latest().newDatabase(); ServerHarness server = new ServerHarness(home)) {
            database.execute("CREATE TABLE mills (id int PRIMARY KEY)");
            database.createPublicationAndSlot("pub", "slot_" + database.name());
            String id = server.post("/v1/connections", ServerHarness.connection(server.group("shop"), database, "shop").toString()).data().path("id").asString();
            Eventually.within(LIMIT, () -> assertThat(column(ENDS)).hasSize(1));
            List<String> before = column("SELECT id || ' ' || _fivetran_synced FROM millrace_metadata.log ORDER BY id");
            server.restart();
            server.post("/v1/connections/" + id + "/sync", "");
            Eventually.within(LIMIT, () -> assertThat(column(ENDS)).hasSizeGreaterThan(1));
            assertThat(column("SELECT id || ' ' || _fivetran_synced FROM millrace_metadata.log ORDER BY id")).startsWith(before.toArray(String[]::new));
        }
    }

    @Test
    void models_for_the_reference_products_tables_find_their_columns_and_events() {
        try (TestDatabase database = TestPostgres.latest().newDatabase(); ServerHarness server = new ServerHarness(home)) {
            database.execute("CREATE SCHEMA \"Old Mill\"", "CREATE TABLE \"Old Mill\".\"millStones\" (id int PRIMARY KEY)");
            database.createPublicationAndSlot("pub", "slot_" + database.name());
            String group = server.group("shop");
            ObjectNode body = ServerHarness.connection(group, database, "shop").put("destination_schema_names", "FIVETRAN_NAMING");
            String id = server.post("/v1/connections", body.toString()).data().path("id").asString();
            Eventually.within(LIMIT, () -> assertThat(column(ENDS)).hasSize(1));
            database.execute("INSERT INTO \"Old Mill\".\"millStones\" VALUES (1)");
            server.post("/v1/connections/" + id + "/sync", "");
            Eventually.within(LIMIT, () -> assertThat(column(ENDS)).hasSize(2));
            assertThat(columns("log", "id VARCHAR, time_stamp TIMESTAMP, connection_id VARCHAR, event VARCHAR, message_event VARCHAR, message_data VARCHAR, sync_id VARCHAR, transformation_id VARCHAR"))
                    .isEmpty();
            assertThat(columns("connection", "connection_id VARCHAR, connection_name VARCHAR, connector_type VARCHAR, connector_type_id VARCHAR, connecting_user_id VARCHAR, "
                            + "destination_id VARCHAR, paused BOOLEAN, service_version BIGINT, signed_up TIMESTAMP, _fivetran_deleted BOOLEAN"))
                    .isEmpty();
            assertThat(columns("destination", "id VARCHAR, account_id VARCHAR, created_at TIMESTAMP, name VARCHAR, region VARCHAR, is_active BOOLEAN, type VARCHAR, destination_type VARCHAR, "
                            + "deployment_type VARCHAR"))
                    .isEmpty();
            assertThat(columns("audit_trail", "id VARCHAR, captured_at TIMESTAMP, user_id VARCHAR, action VARCHAR, interaction_method VARCHAR, primary_resource_type VARCHAR, "
                            + "primary_resource_id VARCHAR, secondary_resource_type VARCHAR, secondary_resource_id VARCHAR, old_values VARCHAR, new_values VARCHAR"))
                    .isEmpty();
            assertThat(columns("incremental_mar", "connection_id VARCHAR, connection_name VARCHAR, destination_id VARCHAR, free_type VARCHAR, measured_date DATE, schema_name VARCHAR, "
                            + "sync_type VARCHAR, table_name VARCHAR, incremental_rows BIGINT, updated_at TIMESTAMP"))
                    .isEmpty();
            assertThat(columns("transformation_runs", "destination_id VARCHAR, job_id VARCHAR, job_name VARCHAR, measured_date DATE, project_type VARCHAR, model_runs BIGINT, free_type VARCHAR"))
                    .isEmpty();
            assertThat(columns("connector_sdk_log", "id VARCHAR, connection_id VARCHAR, event_time TIMESTAMP, level VARCHAR, message VARCHAR, message_origin VARCHAR, sync_id VARCHAR")).isEmpty();
            assertThat(columns("usage_cost", "destination_id VARCHAR, measured_month VARCHAR, amount BIGINT")).isEmpty();
            assertThat(columns("credits_used", "destination_id VARCHAR, measured_month VARCHAR, credits_consumed BIGINT")).isEmpty();
            assertThat(column("SELECT message_event FROM millrace_metadata.log WHERE message_data LIKE '%actor%' ORDER BY id")).containsExactly("create_connector", "force_update_connector");
            assertThat(column("SELECT message_data FROM millrace_metadata.log WHERE message_event IN ('create_schema', 'create_table') ORDER BY id"))
                    .containsExactly("{\"schema\":\"shop_old_mill\"}", "{\"schema\":\"shop_old_mill\",\"name\":\"mill_stones\"}");
            assertThat(column("SELECT count(*) FROM millrace_metadata.log WHERE message_event = 'sync_stats' AND (message_data->>'total_time_s')::DOUBLE >= "
                            + "(message_data->>'extract_time_s')::DOUBLE + (message_data->>'load_time_s')::DOUBLE - 0.002"))
                    .containsExactly("2");
            assertThat(column("SELECT message_event || ' ' || (message_data->>'schema') || '.' || (message_data->>'table') FROM millrace_metadata.log WHERE sync_id = "
                            + "(SELECT last(sync_id ORDER BY id) FROM millrace_metadata.log WHERE message_event = 'sync_start') AND message_data->>'table' IS NOT NULL ORDER BY time_stamp"))
                    .containsExactly(
                            "write_to_table_start shop_old_mill.mill_stones", "records_modified shop_old_mill.mill_stones", "write_to_table_end shop_old_mill.mill_stones");
            assertThat(column("SELECT DISTINCT schema_name || '.' || table_name FROM millrace_metadata.incremental_mar")).containsExactly("shop_old_mill.mill_stones");
            assertThat(column("SELECT count(*) - count(DISTINCT time_stamp) FROM millrace_metadata.log")).containsExactly("0");
            assertThat(column("SELECT action || ' ' || primary_resource_type FROM millrace_metadata.audit_trail ORDER BY id"))
                    .containsExactly("CREATE GROUP", "CREATE DESTINATION", "CREATE CONNECTION", "SYNC CONNECTION");
        }
    }

    @Test
    void a_connection_that_is_removed_is_marked_so() {
        try (TestDatabase database = TestPostgres.latest().newDatabase(); ServerHarness server = new ServerHarness(home)) {
            database.execute("CREATE TABLE mills (id int PRIMARY KEY)");
            database.createPublicationAndSlot("pub", "slot_" + database.name());
            String group = server.group("shop");
            String gone = server.post("/v1/connections", ServerHarness.connection(group, database, "gone").put("run_setup_tests", false).put("paused", true).toString())
                    .data()
                    .path("id")
                    .asString();
            server.delete("/v1/connections/" + gone);
            server.post("/v1/connections", ServerHarness.connection(group, database, "shop").toString());
            Eventually.within(LIMIT, () -> assertThat(column("SELECT connection_name || ' ' || _fivetran_deleted FROM millrace_metadata.connection ORDER BY 1"))
                    .containsExactly("gone true", "shop false"));
        }
    }

    /// Those of some columns, with their types, that a table has not.
    private List<String> columns(String table, String wanted) {
        List<String> there = column("SELECT column_name || ' ' || replace(data_type, ' WITH TIME ZONE', '') FROM information_schema.columns "
                + "WHERE table_schema = 'millrace_metadata' AND table_name = '%s'".formatted(table));
        return Arrays.stream((wanted + ", _fivetran_synced TIMESTAMP").split(", ")).filter(column -> !there.contains(column)).toList();
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
