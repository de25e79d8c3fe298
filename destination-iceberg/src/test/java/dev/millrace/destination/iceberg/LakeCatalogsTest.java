package dev.millrace.destination.iceberg;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.core.destination.Destination;
import dev.millrace.core.fault.Fault;
import dev.millrace.core.position.LogPosition;
import dev.millrace.core.position.Lsn;
import dev.millrace.core.shape.Shape;
import dev.millrace.testkit.change.ChangeScript;
import dev.millrace.testkit.change.Shapes;
import dev.millrace.testkit.postgres.TestDatabase;
import dev.millrace.testkit.postgres.TestPostgres;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Catalogues other than the embedded one.
class LakeCatalogsTest {

    private static final Shapes BEFORE = Shapes.table("public", "orders").column("id", Shapes.INT4).column("note", Shapes.TEXT).key("id");
    private static final Shape ORDERS = BEFORE.shape();

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path folder;

    private TestLake lake(Map<String, String> catalog) {
        Map<String, String> all = new LinkedHashMap<>(catalog);
        all.put("warehouse", LocalFileIO.location(folder.resolve("lake")));
        return new TestLake(IcebergSettings.of(all));
    }

    private static void followAndReopen(TestLake lake) {
        Shape more = BEFORE.column("colour", Shapes.TEXT).shape();
        try (Destination destination = lake.copied(ORDERS)) {
            for (int i = 2; i < 10; i++) {
                destination.write(ChangeScript.inText().update(ORDERS, "1", "n" + i).insert(ORDERS, Integer.toString(i), "new").batch(100 * i));
            }
            destination.write(ChangeScript.inText().insert(more, "40", "new", "red").delete(more, "2", null, null).batch(3000));
        }
        try (Destination again = lake.open()) {
            assertThat(again.recall().position()).contains(new LogPosition(new Lsn(3000)));
            again.write(ChangeScript.inText().update(more, "40", "newer", "green").batch(3100));
            assertThat(lake.lines(more)).hasSize(10).contains("id=1 note=n9", "id=40 note=newer colour=green");
            again.forget(ORDERS.table());
        }
        try (Destination again = lake.open()) {
            assertThat(again.recall().tables()).isEmpty();
        }
    }

    @Test
    void tables_are_kept_in_a_catalogue_in_postgresql() {
        try (TestDatabase database = TestPostgres.latest().newDatabase()) {
            TestLake lake = lake(Map.of(
                    "type", "jdbc",
                    "uri", "jdbc:postgresql://%s:%d/%s".formatted(database.host(), database.port(), database.name()),
                    "jdbc.user", database.user(),
                    "jdbc.password", database.password()));
            followAndReopen(lake);
            assertThat(database.query("SELECT table_namespace, table_name FROM iceberg_tables").toString()).contains("memory_of_shop");
        }
    }

    @Test
    void tables_are_kept_in_a_rest_catalogue_for_whoever_has_its_token() throws IOException {
        try (RestCatalogServer server = RestCatalogServer.start(folder.resolve("rest"), "a token")) {
            followAndReopen(lake(Map.of("type", "rest", "uri", server.uri(), "token", "a token")));
            assertThatThrownBy(() -> lake(Map.of("type", "rest", "uri", server.uri(), "token", "another")).open())
                    .isInstanceOfSatisfying(Fault.class, fault -> assertThat(fault.remedy()).contains("Renew the credentials"));
        }
    }

    @Test
    void a_catalogue_that_does_not_answer_is_a_fault_that_says_what_to_do() throws IOException {
        String gone;
        try (RestCatalogServer server = RestCatalogServer.start(folder.resolve("rest"), "a token")) {
            gone = server.uri();
        }
        assertThatThrownBy(() -> lake(Map.of("type", "rest", "uri", gone, "token", "a token")).open())
                .isInstanceOfSatisfying(Fault.class, fault -> assertThat(fault.remedy()).contains("Check that both can be reached"));
    }
}
