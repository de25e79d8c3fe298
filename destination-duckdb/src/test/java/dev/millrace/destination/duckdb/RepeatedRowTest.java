package dev.millrace.destination.duckdb;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.core.destination.Destination;
import dev.millrace.core.destination.Publication;
import dev.millrace.core.destination.SyncMode;
import dev.millrace.core.shape.Oid;
import dev.millrace.core.shape.Shape;
import dev.millrace.core.shape.SourceType;
import dev.millrace.core.shape.TableName;
import dev.millrace.testkit.change.ChangeScript;
import dev.millrace.testkit.change.Shapes;
import dev.millrace.testkit.contract.DestinationSubject;
import dev.millrace.testkit.destination.SeenRow;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What DuckDB itself calls equal, and what a reader sees of rows that are said again.
class RepeatedRowTest implements DestinationSubject {

    private static final SourceType INTERVAL = new SourceType.Scalar(Oid.INTERVAL, "interval", -1, true);

    private static final Shape THINGS = Shapes.table("public", "things")
            .column("id", Shapes.INT4)
            .column("span", INTERVAL)
            .column("spans", new SourceType.ArrayOf(1187, "_interval", INTERVAL))
            .column("levels", new SourceType.ArrayOf(1022, "_float8", Shapes.FLOAT8))
            .column("doc", new SourceType.Scalar(Oid.JSON, "json", -1, true))
            .column("blob", new SourceType.Scalar(Oid.BYTEA, "bytea", -1, true))
            .column("price", Shapes.NUMERIC)
            .key("id")
            .shape();

    private static final List<@Nullable String> ROW =
            ChangeScript.row("1", "1 mon", "{\"1 mon\",NULL}", "{-0,NaN,NULL}", "{\"a\": 1}", "\\x00ff", "1.5");

    private Instant now = ChangeScript.START;

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path folder;

    @Override
    public Destination open() {
        return DuckDestination.open(file(), "shop", DuckSettings.defaults(), () -> now);
    }

    private Path file() {
        return folder.resolve("warehouse.duckdb");
    }

    @Override
    public Optional<List<SeenRow>> rows(TableName table) {
        return new DuckFile(file()).rows("shop", table);
    }

    private static @Nullable String[] with(int place, @Nullable String value) {
        List<@Nullable String> row = new ArrayList<>(ROW);
        row.set(place, value);
        return row.toArray(new @Nullable String[0]);
    }

    private void begin(Destination destination, SyncMode mode) {
        destination.beginCopy(plan(THINGS, 1), mode);
        destination.endCopy(THINGS.table());
        assertThat(destination.publish(THINGS.table())).isInstanceOf(Publication.Done.class);
        write(destination, 200, ChangeScript.inText().transaction(1001, 10).insert(THINGS, with(0, "1")));
    }

    @Test
    void a_row_is_a_repetition_where_each_of_its_columns_holds_the_same() {
        try (Destination destination = adopted()) {
            begin(destination, SyncMode.HISTORY);
            write(destination, 300, ChangeScript.inText()
                    .transaction(1002, 20).insert(THINGS, with(0, "1"))
                    .transaction(1003, 30).insert(THINGS, with(0, "1")));
            assertThat(lines(THINGS)).hasSize(1);
        }
    }

    @Test
    void what_duckdb_calls_equal_may_be_another_value() {
        try (Destination destination = adopted()) {
            begin(destination, SyncMode.HISTORY);
            write(destination, 300, ChangeScript.inText()
                    .transaction(1002, 20).insert(THINGS, with(1, "30 days"))
                    .transaction(1003, 30).insert(THINGS, with(2, "{\"30 days\",NULL}"))
                    .transaction(1004, 40).insert(THINGS, with(3, "{0,NaN,NULL}"))
                    .transaction(1005, 50).insert(THINGS, with(4, "{\"a\":1}")));
            assertThat(lines(THINGS)).hasSize(5);
        }
    }

    @Test
    void a_column_that_became_text_is_compared_as_text() {
        try (Destination destination = adopted()) {
            begin(destination, SyncMode.HISTORY);
            write(destination, 300, ChangeScript.inText().transaction(1002, 20).insert(THINGS, with(6, "NaN")));
            write(destination, 400, ChangeScript.inText()
                    .transaction(1003, 30).insert(THINGS, with(6, "NaN"))
                    .transaction(1004, 40).insert(THINGS, with(6, "1.5"))
                    .transaction(1005, 50).insert(THINGS, with(6, "1.5")));
            write(destination, 500, ChangeScript.inText().transaction(1006, 60).insert(THINGS, with(6, "1.5")));
            assertThat(destination.widened()).hasSize(1);
            assertThat(new DuckFile(file()).query("SELECT price FROM shop_public.things ORDER BY _millrace_start"))
                    .isEqualTo(List.of(List.of("1.5"), List.of("NaN"), List.of("1.5")));
        }
    }

    @Test
    void a_copy_goes_on_only_with_versions_that_hold_the_same() {
        Shape levels = Shapes.table("public", "levels").column("id", Shapes.INT4).column("level", Shapes.FLOAT8).key("id").shape();
        try (Destination destination = adopted()) {
            for (String zero : List.of("0", "-0", "-0")) {
                destination.beginCopy(plan(levels, 1), SyncMode.HISTORY);
                List<List<@Nullable String>> rows = List.of(ChangeScript.row("1", zero), ChangeScript.row("2", "NaN"));
                load(destination, levels, 0, ChangeScript.copied(levels, rows));
                destination.endCopy(levels.table());
                destination.publish(levels.table());
            }
            assertThat(new DuckFile(file()).query("SELECT id, level, _millrace_active FROM shop_public.levels ORDER BY id, _millrace_start"))
                    .isEqualTo(List.of(List.of("1", "0.0", "false"), List.of("1", "-0.0", "true"), List.of("2", "nan", "true")));
        }
    }

    @Test
    void a_repeated_insert_is_stamped_and_a_repeated_delete_is_not() {
        try (Destination destination = adopted()) {
            begin(destination, SyncMode.SOFT_DELETE);
            now = now.plus(Duration.ofSeconds(1));
            write(destination, 300, ChangeScript.inText().insert(THINGS, with(0, "1")).insert(THINGS, with(0, "2")));
            now = now.plus(Duration.ofSeconds(1));
            write(destination, 400, ChangeScript.inText().delete(THINGS, with(0, "2")));
            now = now.plus(Duration.ofSeconds(1));
            write(destination, 500, ChangeScript.inText().delete(THINGS, with(0, "2")).delete(THINGS, with(0, "3")));
            assertThat(new DuckFile(file())
                            .query("SELECT id, _millrace_deleted, second(_millrace_synced) FROM shop_public.things ORDER BY id"))
                    .isEqualTo(List.of(List.of("1", "false", "6"), List.of("2", "true", "7")));
        }
    }
}
