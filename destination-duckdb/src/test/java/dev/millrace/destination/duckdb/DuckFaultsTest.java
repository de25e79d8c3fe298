package dev.millrace.destination.duckdb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.core.copy.CopyPlan;
import dev.millrace.core.destination.Destination;
import dev.millrace.core.destination.SourceIdentity;
import dev.millrace.core.destination.SyncMode;
import dev.millrace.core.fault.Fault;
import dev.millrace.core.fault.FaultKind;
import dev.millrace.core.naming.Naming;
import dev.millrace.core.position.LogPosition;
import dev.millrace.core.position.Lsn;
import dev.millrace.core.shape.Shape;
import dev.millrace.testkit.change.ChangeScript;
import dev.millrace.testkit.change.Shapes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.InstantSource;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What DuckDB 2.0 says, word for word, and the faults that come of it.
class DuckFaultsTest {

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path folder;

    private static FaultKind kind(String text) {
        return DuckFaults.of(new SQLException(text), "warehouse.duckdb").kind();
    }

    @Test
    void a_full_disk_is_told_from_everything_else() {
        assertThat(kind("TransactionContext Error: Failed to commit: Could not write file \"/w/f.db\": No space left on device"))
                .isEqualTo(FaultKind.DESTINATION_FULL);
        assertThat(kind("FATAL Error: Failed to create checkpoint because of error: "
                        + "Could not write file \"/w/f.db\": No space left on device"))
                .isEqualTo(FaultKind.DESTINATION_FULL);
        assertThat(kind("IO Error: Could not write file \"/w/f.db.wal\": Disk quota exceeded")).isEqualTo(FaultKind.DESTINATION_FULL);
        assertThat(kind("Out of Memory Error: failed to offload data block of size 256.0 KiB (19.9 MiB/20.0 MiB used).\n"
                        + "This limit was set by the 'max_temp_directory_size' setting."))
                .isEqualTo(FaultKind.DESTINATION_FULL);
    }

    @Test
    void other_texts_are_told_apart_by_how_they_begin() {
        assertThat(kind("FATAL Error: Failed: database has been invalidated because of a previous fatal error."))
                .isEqualTo(FaultKind.DESTINATION_UNUSABLE);
        assertThat(kind("IO Error: Cannot open file \"/tmp/nodir/nope.db\": No such file or directory"))
                .isEqualTo(FaultKind.DESTINATION_UNUSABLE);
        assertThat(kind("Out of Memory Error: could not allocate block of size 256.0 KiB")).isEqualTo(FaultKind.DESTINATION_REFUSED);
        assertThat(kind("Conversion Error: Could not convert string 'x' to INT32")).isEqualTo(FaultKind.DESTINATION_REFUSED);
    }

    @Test
    void a_fault_never_shows_what_duckdb_says_since_that_can_hold_values() {
        Fault fault = DuckFaults.of(new SQLException("Conversion Error: Could not convert string 'secret' to INT32"), "warehouse.duckdb");
        assertThat(fault.getMessage() + fault.remedy()).doesNotContain("secret").contains("Conversion Error");
    }

    @Test
    void a_file_that_is_none_of_duckdbs_cannot_be_opened() throws IOException {
        Path file = folder.resolve("notes.txt");
        Files.writeString(file, "these are just notes\n".repeat(1000));
        assertThatThrownBy(() -> open(file, "shop")).isInstanceOfSatisfying(Fault.class, fault -> {
            assertThat(fault.kind()).isEqualTo(FaultKind.DESTINATION_UNUSABLE);
            assertThat(fault).hasMessageContaining("notes.txt");
        });
    }

    @Test
    void a_folder_that_is_not_there_is_a_fault() {
        assertThatThrownBy(() -> open(folder.resolve("none/warehouse.duckdb"), "shop"))
                .isInstanceOfSatisfying(Fault.class, fault -> assertThat(fault.kind()).isEqualTo(FaultKind.DESTINATION_UNUSABLE));
    }

    @Test
    void another_process_that_holds_the_file_is_named() throws IOException {
        Path file = folder.resolve("warehouse.duckdb");
        Process holder = new ProcessBuilder(List.of(
                        ProcessHandle.current().info().command().orElseThrow(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        "--enable-native-access=ALL-UNNAMED",
                        FileHolder.class.getName(),
                        file.toString()))
                .redirectErrorStream(true)
                .start();
        try {
            assertThat(holder.inputReader().lines().anyMatch(FileHolder.HELD::equals)).isTrue();
            assertThatThrownBy(() -> open(file, "shop")).isInstanceOfSatisfying(Fault.class, fault -> {
                assertThat(fault.kind()).isEqualTo(FaultKind.DESTINATION_HELD);
                assertThat(fault).hasMessageContaining("process " + holder.pid());
            });
        } finally {
            holder.destroyForcibly().onExit().join();
        }
        open(file, "shop").close();
    }

    @Test
    void two_runs_of_one_process_cannot_write_for_the_same_prefix() {
        Path file = folder.resolve("warehouse.duckdb");
        try (Destination first = open(file, "shop")) {
            assertThatThrownBy(() -> open(file, "shop"))
                    .isInstanceOfSatisfying(Fault.class, fault -> assertThat(fault.kind()).isEqualTo(FaultKind.DESTINATION_HELD));
            assertThat(first.recall().position()).isEmpty();
        }
        open(file, "shop").close();
    }

    @Test
    void connections_with_different_prefixes_share_a_file() {
        Path file = folder.resolve("warehouse.duckdb");
        try (Destination shop = open(file, "shop");
                Destination depot = open(file, "depot")) {
            shop.adopt(new SourceIdentity("1", "shop"), new LogPosition(new Lsn(1)));
            depot.adopt(new SourceIdentity("2", "depot"), new LogPosition(new Lsn(2)));
            assertThat(shop.recall().source()).contains(new SourceIdentity("1", "shop"));
            assertThat(depot.recall().source()).contains(new SourceIdentity("2", "depot"));
        }
    }

    @Test
    void a_table_that_lies_where_one_of_others_does_is_refused() throws SQLException {
        Path file = folder.resolve("warehouse.duckdb");
        try (Destination shop = open(file, "shop");
                Destination other = open(file, "shop_a")) {
            other.beginCopy(plan("b", "things"), SyncMode.SOFT_DELETE);
            other.endCopy(plan("b", "things").shape().table());
            other.publish(plan("b", "things").shape().table());
            assertThatThrownBy(() -> shop.beginCopy(plan("a_b", "things"), SyncMode.SOFT_DELETE)).hasMessageContaining("not made for this connection");
        }
        try (Connection user = DriverManager.getConnection("jdbc:duckdb:" + file);
                Statement statement = user.createStatement()) {
            statement.execute("CREATE SCHEMA shop_public");
            statement.execute("CREATE TABLE shop_public.mine (id INTEGER)");
        }
        try (Destination shop = open(file, "shop")) {
            assertThatThrownBy(() -> shop.beginCopy(plan("public", "mine"), SyncMode.SOFT_DELETE)).hasMessageContaining("not made for this connection");
        }
    }

    @Test
    void names_by_other_rules_than_those_of_the_copy_are_refused() {
        Path file = folder.resolve("warehouse.duckdb");
        DuckSettings other = DuckSettings.defaults().withNaming(Naming.FIVETRAN_NAMING);
        open(file, "shop").close();
        DuckDestination.open(file, "shop", other, InstantSource.system()).close();
        try (Destination shop = open(file, "shop")) {
            shop.beginCopy(plan("public", "things"), SyncMode.SOFT_DELETE);
        }
        assertThatThrownBy(() -> DuckDestination.open(file, "shop", other, InstantSource.system()))
                .isInstanceOfSatisfying(
                        Fault.class, fault -> assertThat(fault.remedy()).contains("destination_schema_names: SOURCE_NAMING"))
                .hasMessageContaining("FIVETRAN_NAMING");
        DuckDestination.open(file, "depot", other, InstantSource.system()).close();
        open(file, "shop").close();
    }

    @Test
    void a_copy_made_with_another_prefix_of_system_columns_is_left_alone() {
        Path file = folder.resolve("warehouse.duckdb");
        CopyPlan things = plan("public", "things");
        try (Destination made = open(file, "shop")) {
            made.adopt(new SourceIdentity("7300", "shop"), new LogPosition(new Lsn(100)));
            made.beginCopy(things, SyncMode.SOFT_DELETE);
            made.endCopy(things.shape().table());
            made.publish(things.shape().table());
        }
        DuckSettings other = DuckSettings.defaults().withSystemColumnPrefix("_fivetran_");
        try (Destination opened = DuckDestination.open(file, "shop", other, InstantSource.system())) {
            assertThatThrownBy(() -> opened.write(ChangeScript.inText().truncate(things.shape()).batch(200)))
                    .isInstanceOf(Fault.class)
                    .hasMessageContaining("_fivetran_synced");
        }
    }

    private static CopyPlan plan(String schema, String table) {
        return plan(Shapes.table(schema, table).column("id", Shapes.INT4).key("id").shape());
    }

    private static CopyPlan plan(Shape shape) {
        return new CopyPlan(shape, "1", List.of(), 0);
    }

    private static Destination open(Path file, String prefix) {
        return DuckDestination.open(file, prefix, DuckSettings.defaults(), InstantSource.system());
    }
}
