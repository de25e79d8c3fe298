package dev.millrace.server.schema;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.destination.duckdb.DuckReader;
import dev.millrace.destination.duckdb.DuckSettings;
import dev.millrace.server.ServerHarness;
import dev.millrace.server.ServerHarness.Answer;
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
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.node.ObjectNode;

@SuppressWarnings("NullAway.Init")
@Timeout(180)
class SchemaConfigTest {

    private static final Duration LIMIT = Duration.ofSeconds(60);

    @TempDir
    Path home;

    private ServerHarness server;
    private TestDatabase database;

    @BeforeEach
    void open() {
        database = TestPostgres.latest().newDatabase();
        server = new ServerHarness(home);
    }

    @AfterEach
    void close() {
        server.close();
        database.close();
    }

    @Test
    void what_the_source_has_is_shown_with_its_names_at_the_destination_and_whether_it_can_be_chosen() {
        database.execute("CREATE SCHEMA \"Sales Data\"", "CREATE TABLE \"Sales Data\".\"OrderItems\" (id int PRIMARY KEY, note text)", "CREATE TABLE keyless (note text)");
        String path = paused("FIVETRAN_NAMING") + "/schemas";
        ObjectNode config = server.get(path).data();
        assertThat(config.path("schema_change_handling").asString()).isEqualTo("ALLOW_ALL");
        assertThat(config.path("enable_new_by_default").asBoolean()).isTrue();
        assertThat(config.at("/schemas/Sales Data/name_in_destination").asString()).isEqualTo("shop_sales_data");
        assertThat(config.at("/schemas/Sales Data/tables/OrderItems").toString())
                .isEqualTo("{\"name_in_destination\":\"order_items\",\"enabled\":true,\"sync_mode\":\"SOFT_DELETE\",\"supports_columns_config\":true,"
                        + "\"supports_history_mode\":true,\"enabled_patch_settings\":{\"allowed\":true},\"columns\":{}}");
        assertThat(config.at("/schemas/public/enabled").asBoolean()).isTrue();
        ObjectNode keyless = (ObjectNode) config.at("/schemas/public/tables/keyless");
        assertThat(keyless.path("enabled").asBoolean()).isFalse();
        assertThat(keyless.at("/enabled_patch_settings/allowed").asBoolean()).isFalse();
        assertThat(keyless.at("/enabled_patch_settings/reason").asString()).contains("It has no primary key").contains("REPLICA IDENTITY FULL");
        Answer refused = server.patch(path + "/public/tables/keyless", "{\"enabled\":true}");
        assertThat(refused.status()).isEqualTo(400);
        assertThat(refused.message()).contains("cannot be copied").contains("reload");
    }

    @Test
    void what_is_chosen_is_copied_and_nothing_else() throws SQLException {
        database.execute("CREATE TABLE secrets (id int PRIMARY KEY)", "CREATE TABLE mills (id int PRIMARY KEY, note text)", "INSERT INTO mills VALUES (99, 'low')");
        String connection = paused("SOURCE_NAMING");
        assertThat(server.patch(connection + "/schemas/public/tables/secrets", "{\"enabled\":false}").status()).isEqualTo(200);
        Answer changed = server.patch(
                connection + "/schemas",
                """
                {"schemas":{"public":{"enabled":true,"tables":{"mills":{"enabled":true,"sync_mode":"LIVE",
                  "columns":{"note":{"enabled":true,"hashed":true}},"row_filter":[{"column":"id","operator":"LESS_THAN","value":50}]}}}}}""");
        assertThat(changed.status()).as(changed::message).isEqualTo(200);
        ObjectNode mills = (ObjectNode) changed.data().at("/schemas/public/tables/mills");
        assertThat(mills.path("sync_mode").asString()).isEqualTo("LIVE");
        assertThat(mills.at("/columns/note").toString())
                .isEqualTo("{\"name_in_destination\":\"note\",\"enabled\":true,\"hashed\":true,\"is_primary_key\":false,\"enabled_patch_settings\":{\"allowed\":true}}");
        assertThat(mills.at("/row_filter/0/operator").asString()).isEqualTo("LESS_THAN");
        syncs(connection);
        assertThat(answers("SELECT count(*) || ' ' || count(*) FILTER (WHERE length(note) > 20) FROM shop_public.mills")).containsExactly("10 10");
        assertThat(answers("SELECT count(*) FROM information_schema.tables WHERE table_name = 'secrets'")).containsExactly("0");
    }

    @Test
    void a_column_that_is_left_out_later_stays_until_it_is_dropped() throws SQLException {
        String connection = paused("SOURCE_NAMING");
        syncs(connection);
        String note = connection + "/schemas/public/tables/mills/columns/note";
        assertThat(server.delete(note).status()).isEqualTo(409);
        assertThat(server.patch(note, "{\"enabled\":false}").status()).isEqualTo(200);
        assertThat(server.get(connection + "/schemas").data().at("/schemas/public/tables/mills/columns/note/enabled").asBoolean()).isFalse();
        Answer early = server.delete(note);
        assertThat(early.status()).isEqualTo(409);
        assertThat(early.message()).contains("let one sync run first");
        syncs(connection);
        String columns = "SELECT column_name FROM information_schema.columns WHERE table_schema = 'shop_public' AND table_name = 'mills'";
        assertThat(answers(columns)).contains("id", "note");
        Answer dropped = server.delete(note);
        assertThat(dropped.status()).as(dropped::message).isEqualTo(200);
        assertThat(answers(columns)).contains("id").doesNotContain("note");
        database.execute("INSERT INTO mills VALUES (11, 'later')");
        syncs(connection);
        assertThat(answers("SELECT count(*) FROM shop_public.mills")).containsExactly("11");
        assertThat(server.patch(note, "{\"enabled\":true}").status()).isEqualTo(200);
        syncs(connection);
        assertThat(answers("SELECT string_agg(DISTINCT note, ' ' ORDER BY note) FROM shop_public.mills")).containsExactly("later n");
        assertThat(server.patch(note, "{\"enabled\":false}").status()).isEqualTo(200);
        syncs(connection);
        String drop = connection + "/schemas/drop-columns";
        assertThat(server.post(drop, "{\"schemas\":{\"public\":{\"tables\":{\"mills\":{\"columns\":[\"note\"]}}}}}").status()).isEqualTo(200);
        assertThat(server.post(drop, "{\"schemas\":{\"public\":{\"tables\":{\"mills\":{\"columns\":[]}}}}}").status()).isEqualTo(400);
        assertThat(server.post(drop, "{\"schemas\":{}}").status()).isEqualTo(400);
    }

    @Test
    void the_columns_of_a_table_are_those_that_the_source_has_now() {
        String connection = paused("SOURCE_NAMING");
        server.get(connection + "/schemas");
        database.execute("ALTER TABLE mills ADD COLUMN height numeric(5, 2)");
        ObjectNode columns = (ObjectNode) server.get(connection + "/schemas/public/tables/mills/columns").data().get("columns");
        assertThat(columns.propertyNames()).containsExactly("id", "note", "height");
        assertThat(columns.at("/id/is_primary_key").asBoolean()).isTrue();
        assertThat(columns.at("/id/enabled_patch_settings/reason_code").asString()).isEqualTo("SYSTEM_COLUMN");
        assertThat(columns.at("/height/type").asString()).isEqualTo("numeric");
        Answer unread = server.patch(connection + "/schemas/public/tables/mills/columns/height", "{\"enabled\":false}");
        assertThat(unread.status()).isEqualTo(404);
        assertThat(unread.code()).isEqualTo("NotFound_Column");
        server.post(connection + "/schemas/reload", "");
        assertThat(server.patch(connection + "/schemas/public/tables/mills/columns/height", "{\"enabled\":false}").status()).isEqualTo(200);
    }

    @Test
    void a_reload_finds_new_tables_and_leaves_all_out_or_takes_all_in_when_asked_to() {
        String connection = paused("SOURCE_NAMING");
        server.get(connection + "/schemas");
        database.execute("CREATE TABLE later (id int PRIMARY KEY)");
        assertThat(server.get(connection + "/schemas").data().at("/schemas/public/tables").has("later")).isFalse();
        String reload = connection + "/schemas/reload";
        assertThat(server.post(reload, "{\"exclude_mode\":\"PRESERVE\"}").data().at("/schemas/public/tables/later/enabled").asBoolean()).isTrue();
        ObjectNode none = server.post(reload, "{\"exclude_mode\":\"EXCLUDE\"}").data();
        assertThat(none.at("/schemas/public/enabled").asBoolean()).isFalse();
        assertThat(none.at("/schemas/public/tables/later/enabled").asBoolean()).isFalse();
        ObjectNode all = server.post(reload, "{\"exclude_mode\":\"INCLUDE\"}").data();
        assertThat(all.at("/schemas/public/enabled").asBoolean()).isTrue();
        assertThat(all.at("/schemas/public/tables/mills/enabled").asBoolean()).isTrue();
        assertThat(server.post(reload, "{\"exclude_mode\":\"SOME\"}").status()).isEqualTo(400);
    }

    @Test
    void tables_that_come_to_the_copy_by_themselves_are_shown_without_a_reload() {
        String connection = paused("SOURCE_NAMING");
        server.get(connection + "/schemas");
        syncs(connection);
        database.execute("CREATE TABLE later (id int PRIMARY KEY)");
        syncs(connection);
        assertThat(server.get(connection + "/schemas").data().at("/schemas/public/tables/later/enabled").asBoolean()).isTrue();
        assertThat(server.patch(connection + "/schemas", "{\"schema_change_handling\":\"BLOCK_ALL\"}").status()).isEqualTo(200);
        database.execute("CREATE TABLE latest (id int PRIMARY KEY)");
        assertThat(server.post(connection + "/schemas/reload", "").data().at("/schemas/public/tables/latest/enabled").asBoolean()).isFalse();
    }

    @Test
    void a_choice_may_be_made_before_the_source_was_ever_read_or_can_be() {
        String connection = paused("SOURCE_NAMING");
        server.patch(connection, "{\"run_setup_tests\":false,\"config\":{\"port\":1}}");
        Answer made = server.post(connection + "/schemas", "{\"schema_change_handling\":\"BLOCK_ALL\",\"schemas\":{\"public\":{\"enabled\":true,\"tables\":{\"mills\":{\"enabled\":false}}}}}");
        assertThat(made.status()).isEqualTo(200);
        assertThat(made.data().path("schema_change_handling").asString()).isEqualTo("BLOCK_ALL");
        assertThat(made.data().at("/schemas/public/tables/mills/enabled").asBoolean()).isFalse();
        Answer unread = server.get(connection + "/schemas");
        assertThat(unread.status()).isEqualTo(503);
        assertThat(unread.message()).contains("127.0.0.1");
    }

    @Test
    void a_change_while_a_run_goes_on_stops_it_and_it_goes_on_by_what_is_new() {
        database.execute("CREATE TABLE extra (id int PRIMARY KEY)");
        database.createPublicationAndSlot("pub", "slot_" + database.name());
        ObjectNode body = ServerHarness.connection(server.group("shop"), database, "shop");
        body.putObject("millrace").put("continuous", true);
        String connection = "/v1/connections/" + server.post("/v1/connections", body.toString()).data().path("id").asString();
        succeedsAfter(connection, "");
        assertThat(server.patch(connection + "/schemas/public/tables/extra", "{\"enabled\":true,\"sync_mode\":\"LIVE\"}").status()).isEqualTo(200);
        Eventually.within(LIMIT, () -> assertThat(answers("SELECT count(*) FROM information_schema.columns WHERE table_schema = 'shop_public' AND table_name = 'extra'"
                        + " AND column_name = '_millrace_deleted'"))
                .containsExactly("0"));
        assertThat(server.get(connection).data().at("/status/sync_state").asString()).isEqualTo("syncing");
    }

    @Test
    void names_that_are_not_there_and_values_that_make_no_sense_are_refused_and_nothing_changes() {
        String connection = paused("SOURCE_NAMING");
        String before = server.get(connection + "/schemas").data().toString();
        String mills = connection + "/schemas/public/tables/mills";
        refuses(404, "NotFound_Schema", "/schemas/Public", "{\"enabled\":true}", connection);
        refuses(404, "NotFound_Table", "/schemas/public/tables/Mills", "{\"enabled\":true}", connection);
        refuses(404, "NotFound_Table", "/schemas", "{\"schemas\":{\"public\":{\"tables\":{\"'; DROP TABLE connection; --\":{\"enabled\":true}}}}}", connection);
        refuses(404, "NotFound_Column", "/schemas/public/tables/mills", "{\"columns\":{\"<script>alert(1)</script>\":{\"enabled\":true}}}", connection);
        refuses(404, "NotFound_Column", "/schemas/public/tables/mills", "{\"row_filter\":[{\"column\":\"hight\",\"operator\":\"IS_NULL\"}]}", connection);
        refuses(400, "InvalidInput", "/schemas/public/tables/mills", "{\"row_filter\":[{\"column\":\"id\",\"operator\":\"ALMOST\",\"value\":1}]}", connection);
        refuses(400, "InvalidInput", "/schemas/public/tables/mills", "{\"row_filter\":7}", connection);
        refuses(400, "InvalidInput", "/schemas/public/tables/mills", "{\"sync_mode\":\"SOMEHOW\"}", connection);
        refuses(400, "InvalidInput", "/schemas/public/tables/mills", "{\"enabled\":\"maybe\"}", connection);
        refuses(400, "InvalidInput", "/schemas/public/tables/mills", "{\"enable\":true}", connection);
        refuses(400, "InvalidInput", "/schemas/public/tables/mills", "{}", connection);
        refuses(400, "InvalidInput", "/schemas/public/tables/mills", "{\"columns\":{\"note\":true}}", connection);
        refuses(400, "InvalidInput", "/schemas/public/tables/mills", "{\"columns\":{\"id\":{\"enabled\":false}}}", connection);
        refuses(400, "InvalidInput", "/schemas/public/tables/mills", "{\"columns\":{\"note\":{\"enabled\":false,\"hashed\":true}}}", connection);
        refuses(400, "InvalidInput", "/schemas/public/tables/mills", "{\"columns\":{\"note\":{\"enabled\":true,\"is_primary_key\":true}}}", connection);
        refuses(400, "InvalidInput", "/schemas", "{\"schemas\":{\"\":{\"enabled\":true}}}", connection);
        refuses(400, "InvalidInput", "/schemas", "{\"schemas\":[]}", connection);
        refuses(400, "InvalidInput", "/schemas", "{\"is_type_locked\":true}", connection);
        assertThat(server.get(connection + "/schemas").data().toString()).isEqualTo(before);
        assertThat(server.get(mills.replace("mills", "none") + "/columns").status()).isEqualTo(404);
        assertThat(server.post(connection + "/schemas/public/tables/none/resync", "").code()).isEqualTo("NotFound_Table");
        assertThat(server.post(connection + "/schemas/tables/resync", "{\"public\":[\"\"]}").status()).isEqualTo(400);
    }

    @Test
    void three_thousand_tables_are_shown_and_changed_within_seconds() {
        List<String> tables = new ArrayList<>();
        for (int i = 0; i < 3_000; i++) {
            tables.add("CREATE TABLE t%d (id int PRIMARY KEY, a text, b text)".formatted(i));
        }
        database.execute(String.join(";", tables));
        String connection = paused("FIVETRAN_NAMING");
        long began = System.nanoTime();
        assertThat(server.get(connection + "/schemas").data().at("/schemas/public/tables").size()).isEqualTo(3_001);
        long read = System.nanoTime();
        assertThat(server.get(connection + "/schemas").status()).isEqualTo(200);
        long shown = System.nanoTime();
        assertThat(server.post(connection + "/schemas/reload", "{\"exclude_mode\":\"EXCLUDE\"}").status()).isEqualTo(200);
        long reloaded = System.nanoTime();
        assertThat(server.patch(connection + "/schemas/public/tables/t7", "{\"enabled\":true}").status()).isEqualTo(200);
        long changed = System.nanoTime();
        String times = "read %d, shown %d, reloaded %d, changed %d ms"
                .formatted((read - began) / 1_000_000, (shown - read) / 1_000_000, (reloaded - shown) / 1_000_000, (changed - reloaded) / 1_000_000);
        assertThat(shown - read).as(times).isLessThan(Duration.ofSeconds(3).toNanos());
        assertThat(changed - reloaded).as(times).isLessThan(Duration.ofSeconds(6).toNanos());
    }

    private void refuses(int status, String code, String path, String body, String connection) {
        Answer answer = server.patch(connection + path, body);
        assertThat(answer.status()).as(() -> body + " " + answer.body()).isEqualTo(status);
        assertThat(answer.code()).as(body).isEqualTo(code);
        assertThat(answer.message()).as(body).isNotBlank();
    }

    /// A connection that runs only when it is asked to; answers its path.
    private String paused(String naming) {
        database.execute("CREATE TABLE IF NOT EXISTS mills (id int PRIMARY KEY, note text)", "INSERT INTO mills SELECT i, 'n' FROM generate_series(1, 10) AS i");
        database.createPublicationAndSlot("pub", "slot_" + database.name());
        ObjectNode body = ServerHarness.connection(server.group("shop"), database, "shop").put("destination_schema_names", naming).put("paused", true);
        Answer made = server.post("/v1/connections", body.toString());
        assertThat(made.status()).as(() -> made.body().toString()).isEqualTo(201);
        return "/v1/connections/" + made.data().path("id").asString();
    }

    private void syncs(String connection) {
        String before = server.get(connection).data().path("succeeded_at").asString("");
        server.patch(connection, "{\"paused\":false,\"schedule_type\":\"manual\"}");
        assertThat(server.post(connection + "/force", "").status()).isEqualTo(200);
        succeedsAfter(connection, before);
        Eventually.within(LIMIT, () -> assertThat(server.get(connection).data().at("/status/sync_state").asString()).isEqualTo("scheduled"));
    }

    private void succeedsAfter(String connection, String before) {
        Eventually.within(LIMIT, () -> {
            ObjectNode now = server.get(connection).data();
            assertThat(now.path("succeeded_at").asString("")).as(now::toString).isGreaterThan(before);
        });
    }

    private List<String> answers(String sql) throws SQLException {
        List<String> answers = new ArrayList<>();
        try (DuckReader reader = DuckReader.openBesideWriters(home.resolve("destinations/shop.duckdb"), "shop", DuckSettings.defaults());
                Statement statement = reader.connection().createStatement();
                ResultSet row = statement.executeQuery(sql)) {
            while (row.next()) {
                answers.add(row.getString(1));
            }
        }
        return answers;
    }
}
