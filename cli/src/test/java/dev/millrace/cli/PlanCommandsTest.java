package dev.millrace.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.cli.CommandLineHarness.Outcome;
import dev.millrace.core.secret.Secret;
import dev.millrace.server.Home;
import dev.millrace.server.Server;
import dev.millrace.server.ServerSettings;
import dev.millrace.server.run.Backoff;
import dev.millrace.server.state.StateAddress;
import dev.millrace.testkit.postgres.TestDatabase;
import dev.millrace.testkit.postgres.TestPostgres;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@SuppressWarnings("NullAway.Init")
@Timeout(120)
class PlanCommandsTest {

    private static final String KEY = "key:a-secret-for-tests-only";

    @TempDir
    Path folder;

    @Test
    void a_folder_is_applied_once_changed_and_written_back_from_the_server() throws IOException {
        try (TestDatabase database = prepared(); Server server = server()) {
            Path file = write(database, "5");
            Outcome planned = run(database, server, "plan");
            assertThat(planned.code()).as(planned.err()).isEqualTo(1);
            assertThat(planned.out()).contains("+ group shop", "+ destination of shop", "+ connection shop/orders", "config.password: (secret)").doesNotContain(database.password());
            Outcome applied = run(database, server, "apply");
            assertThat(applied.code()).as(applied.err()).isZero();
            assertThat(run(database, server, "plan").out()).isEqualTo("The server is as the folder says.\n");
            assertThat(server.plane().connections().all()).hasSize(1).allMatch(connection -> connection.schemaPrefix().equals("orders"));

            Files.writeString(file, Files.readString(file).replace("sync_frequency: 5", "sync_frequency: 10") + "schemas:\n  public:\n    tables:\n      mills: {enabled: false}\n");
            Outcome changed = run(database, server, "plan");
            assertThat(changed.out()).contains("~ connection shop/orders", "sync_frequency: 5 -> 10", "~ tables of shop/orders", "schemas.public.tables.mills.enabled: true -> false");
            assertThat(run(database, server, "apply").code()).isZero();
            assertThat(run(database, server, "plan").code()).isZero();

            Path exported = folder.resolve("exported");
            Outcome written = CommandLineHarness.run(Map.of("MILLRACE_API_KEY", KEY), "export", exported.toString(), "--server", address(server));
            assertThat(written.code()).as(written.err()).isZero();
            String text = Files.readString(exported.resolve("shop/orders.yaml"));
            assertThat(text).contains("password: ${env:ORDERS_PASSWORD}", "sync_frequency: 10", "enabled: false").doesNotContain(database.password());
            Outcome again = CommandLineHarness.run(
                    Map.of("MILLRACE_API_KEY", KEY, "ORDERS_PASSWORD", database.password()), "plan", exported.toString(), "--server", address(server));
            assertThat(again.out()).as(again.err()).isEqualTo("The server is as the folder says.\n");

            Files.delete(file);
            write(database, "15", "others");
            assertThat(run(database, server, "plan").out()).contains("+ connection shop/others").doesNotContain("- connection");
            assertThat(run(database, server, "apply", "--prune").out()).contains("- connection shop/orders");
            assertThat(server.plane().connections().all()).hasSize(1).allMatch(connection -> connection.schemaPrefix().equals("others"));
        }
    }

    @Test
    void what_stands_in_the_way_of_a_plan_is_named() throws IOException {
        try (TestDatabase database = prepared(); Server server = server()) {
            Files.createDirectories(folder.resolve("plans/shop"));
            Files.writeString(folder.resolve("plans/shop/orders.yaml"), "source:\n  hots: x\n");
            assertThat(run(database, server, "plan").err()).contains("Did you mean `source.host`?");
            assertThat(CommandLineHarness.run(Map.of(), "plan", folder.toString()).err()).contains("Set MILLRACE_API_KEY=KEY:SECRET");
            write(database, "5");
            assertThat(CommandLineHarness.run(Map.of("MILLRACE_API_KEY", "key:wrong", "PGPASS", "x"), "plan", folder.resolve("plans").toString(), "--server", address(server)).err())
                    .contains("The API key is missing, wrong or expired");
            assertThat(CommandLineHarness.run(Map.of("MILLRACE_API_KEY", KEY, "PGPASS", "x"), "plan", folder.resolve("plans").toString(), "--server", "http://127.0.0.1:1").err())
                    .contains("No server answers at http://127.0.0.1:1");
        }
    }

    @Test
    void configurations_of_other_products_become_settings() throws IOException {
        Path airbyte = Files.writeString(folder.resolve("airbyte.json"), """
                {"configuration": {"host": "db.example.com", "port": 5432, "database": "shop", "username": "reader", "password": "hidden", "schemas": ["public"],
                 "replication_method": {"method": "CDC", "plugin": "pgoutput", "replication_slot": "airbyte_slot", "publication": "airbyte_pub"},
                 "ssl_mode": {"mode": "require"}, "tunnel_method": {"tunnel_method": "SSH_KEY_AUTH", "tunnel_host": "bastion", "tunnel_port": 22, "tunnel_user": "tun"}}}
                """);
        Outcome first = CommandLineHarness.run("import", airbyte.toString());
        assertThat(first.out()).contains("host: db.example.com", "update_method: WAL_PGOUTPUT", "replication_slot: airbyte_slot", "tunnel_host: bastion", "sslmode: require").doesNotContain("hidden");
        assertThat(first.err()).contains("Put the password into the variable SOURCE_PASSWORD");

        Path debezium = Files.writeString(folder.resolve("debezium.properties"), """
                name=inventory
                connector.class=io.debezium.connector.postgresql.PostgresConnector
                database.hostname=db.example.com
                database.port=5432
                database.user=reader
                database.password=hidden
                database.dbname=shop
                plugin.name=pgoutput
                slot.name=dbz
                topic.prefix=Inventory-1
                table.include.list=public.orders,public.items
                """);
        Outcome second = CommandLineHarness.run("import", debezium.toString());
        assertThat(second.out()).contains("database: shop", "replication_slot: dbz", "schema_prefix: inventory_1", "orders:", "items:").doesNotContain("hidden");
        assertThat(second.err()).contains("Not taken over").contains("connector.class, name");

        Path fivetran = Files.writeString(folder.resolve("fivetran.json"), """
                {"code": "Success", "data": {"id": "x", "service": "aurora_postgres", "schema": "shop", "sync_frequency": 15,
                 "config": {"host": "db.example.com", "port": 5432, "database": "shop", "user": "reader", "password": "******", "schema_prefix": "shop", "update_method": "WAL_PGOUTPUT",
                  "replication_slot": "fivetran_slot", "publication_name": "fivetran_pub"}}}
                """);
        Outcome third = CommandLineHarness.run("import", fivetran.toString());
        assertThat(third.out()).contains("service: aurora_postgres", "sync_frequency: 15", "destination_schema_names: FIVETRAN_NAMING", "system_column_prefix: _fivetran_", "schema_prefix: shop");
        for (Outcome outcome : new Outcome[] {first, second, third}) {
            Path settings = Files.writeString(folder.resolve("made.yaml"), outcome.out());
            assertThat(CommandLineHarness.run(Map.of("SOURCE_PASSWORD", "x"), "status", settings.toString()).err()).doesNotContain("made.yaml:");
        }
        Path nonsense = Files.writeString(folder.resolve("nonsense.json"), "[1, 2]");
        assertThat(CommandLineHarness.run("import", nonsense.toString()).err()).contains("is no configuration of a product that is known here");
    }

    private Outcome run(TestDatabase database, Server server, String command, String... more) {
        String[] arguments = new String[4 + more.length];
        arguments[0] = command;
        arguments[1] = folder.resolve("plans").toString();
        arguments[2] = "--server";
        arguments[3] = address(server);
        System.arraycopy(more, 0, arguments, 4, more.length);
        return CommandLineHarness.run(Map.of("MILLRACE_API_KEY", KEY, "ORDERS", database.password()), arguments);
    }

    private static String address(Server server) {
        return "http://127.0.0.1:" + server.port();
    }

    private Path write(TestDatabase database, String minutes) throws IOException {
        return write(database, minutes, "orders");
    }

    private Path write(TestDatabase database, String minutes, String prefix) throws IOException {
        Files.createDirectories(folder.resolve("plans/shop"));
        return Files.writeString(
                folder.resolve("plans/shop/" + prefix + ".yaml"),
                """
                source:
                  service: postgres
                  host: %s
                  port: %d
                  database: %s
                  user: %s
                  password: ${env:ORDERS}
                  replication_slot: slot_%s
                  publication_name: pub
                destination:
                  service: duckdb
                  path: shop.duckdb
                schema_prefix: %s
                sync_frequency: %s
                """
                        .formatted(database.host(), database.port(), database.name(), database.user(), database.name(), prefix, minutes));
    }

    private static TestDatabase prepared() {
        TestDatabase database = TestPostgres.latest().newDatabase();
        database.execute("CREATE TABLE mills (id int PRIMARY KEY)");
        database.createPublicationAndSlot("pub", "slot_" + database.name());
        return database;
    }

    private Server server() {
        return Server.start(
                new ServerSettings(
                        new Home(folder.resolve("home")),
                        new StateAddress.InFile(folder.resolve("state.sqlite")),
                        "127.0.0.1",
                        0,
                        "test",
                        2,
                        Backoff.usual(),
                        ServerSettings.CALLS_PER_HOUR,
                        Optional.empty(),
                        Optional.of(Secret.of(KEY)),
                        Optional.empty(),
                        false,
                        Optional.empty(),
                        _ -> Optional.empty()),
                InstantSource.system());
    }
}
