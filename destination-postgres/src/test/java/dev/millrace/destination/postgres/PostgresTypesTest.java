package dev.millrace.destination.postgres;

import static dev.millrace.testkit.change.ChangeScript.copied;
import static dev.millrace.testkit.change.ChangeScript.row;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.core.copy.CopyPlan;
import dev.millrace.core.copy.CopyRange;
import dev.millrace.core.destination.Destination;
import dev.millrace.core.destination.SourceIdentity;
import dev.millrace.core.destination.SyncMode;
import dev.millrace.core.destination.WidenedColumn;
import dev.millrace.core.fault.Fault;
import dev.millrace.core.fault.FaultKind;
import dev.millrace.core.position.LogPosition;
import dev.millrace.core.position.Lsn;
import dev.millrace.core.position.TransactionSnapshot;
import dev.millrace.core.shape.Shape;
import dev.millrace.core.shape.SourceType;
import dev.millrace.testkit.change.ChangeScript;
import dev.millrace.testkit.change.Shapes;
import dev.millrace.testkit.postgres.OnVersions;
import dev.millrace.testkit.postgres.TestDatabase;
import dev.millrace.testkit.postgres.TestPostgres;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// What of a value depends on the destination: its version, its extensions, and what it takes for equal.
class PostgresTypesTest {

    private static final LogPosition START = new LogPosition(new Lsn(100));

    private static void publish(Destination destination, Shape shape, List<List<@Nullable String>> rows) {
        CopyPlan plan = new CopyPlan(shape, "16400", List.of(new CopyRange(0, shape.table().quoted(), "", 100)), 1000);
        destination.beginCopy(plan, SyncMode.SOFT_DELETE);
        destination.load(
                shape.table(), plan.ranges().getFirst(), TransactionSnapshot.parse("1000:1000:"), START, ChangeScript.START, copied(shape, rows));
        destination.endCopy(shape.table());
        destination.publish(shape.table());
    }

    private static PostgresDestination adopted(TestDatabase database) {
        PostgresDestination destination = PostgresDestinationContractTest.open(database);
        destination.adopt(new SourceIdentity("7300", "shop"), START);
        return destination;
    }

    private static List<String> lines(TestDatabase database, String table) {
        return database.query("SELECT t::text FROM (SELECT * FROM %s ORDER BY 1) t".formatted(table)).stream()
                .map(row -> String.valueOf(row.getFirst()))
                .toList();
    }

    @OnVersions({11, 13, 14, 18})
    void a_number_that_is_infinite_is_kept_exactly_also_where_there_is_none(int version) {
        Shape prices = Shapes.table("public", "prices")
                .column("id", Shapes.INT4)
                .column("price", Shapes.NUMERIC)
                .column("later", Shapes.NUMERIC)
                .key("id")
                .shape();
        try (TestDatabase database = TestPostgres.version(version).newDatabase(); PostgresDestination destination = adopted(database)) {
            publish(destination, prices, List.of(row("1", "1.50", "2.5"), row("2", "Infinity", null), row("3", "-Infinity", "NaN")));
            destination.write(ChangeScript.inText().insert(prices, "4", "0.10", "Infinity").batch(200));
            destination.write(ChangeScript.inBinary().update(prices, "1", "1.5", "-Infinity").batch(300));
            assertThat(database.query("SELECT id, price, later FROM shop_public.prices ORDER BY 1"))
                    .containsExactly(
                            List.of("1", "1.5", "-Infinity"),
                            Arrays.asList("2", "Infinity", null),
                            List.of("3", "-Infinity", "NaN"),
                            List.of("4", "0.10", "Infinity"));
            assertThat(destination.widened())
                    .isEqualTo(version >= 14
                            ? List.of()
                            : List.of(new WidenedColumn(prices.table(), "later", 1), new WidenedColumn(prices.table(), "price", 2)));
        }
    }

    @Test
    void keys_that_an_extension_takes_for_one_are_two_rows() {
        SourceType citext = new SourceType.Scalar(90_000, "citext/citext", -1, false);
        Shape names = Shapes.table("public", "names").column("name", citext).column("note", Shapes.TEXT).key("name").shape();
        Shape notes = Shapes.table("public", "notes").column("id", Shapes.INT4).column("name", citext).key("id").shape();
        try (TestDatabase database = TestPostgres.latest().newDatabase()) {
            database.execute("CREATE EXTENSION citext");
            try (PostgresDestination destination = adopted(database)) {
                publish(destination, names, List.of(row("Ann", "x")));
                publish(destination, notes, List.of(row("1", "Ann")));
                destination.write(ChangeScript.inText().move(names, row("Ann", null), "ANN", "y").batch(200));
                assertThat(database.query("SELECT name, note, _millrace_deleted FROM shop_public.names ORDER BY 2"))
                        .containsExactly(List.of("Ann", "x", "t"), List.of("ANN", "y", "f"));
                assertThat(database.value("SELECT name = 'ANN' FROM shop_public.notes")).as("native where it is no key").isEqualTo("t");
            }
        }
    }

    @Test
    void keys_that_postgresql_takes_for_equal_and_shows_differently_are_two_rows() {
        Shape levels = Shapes.table("public", "levels").column("level", Shapes.FLOAT8).column("note", Shapes.TEXT).key("level").shape();
        try (TestDatabase database = TestPostgres.latest().newDatabase(); PostgresDestination destination = adopted(database)) {
            publish(destination, levels, List.of(row("0", "x")));
            destination.write(ChangeScript.inText().move(levels, row("0", null), "-0", "y").batch(200));
            destination.write(ChangeScript.inBinary().update(levels, "-0.0", "z").batch(300));
            assertThat(database.query("SELECT level, note, _millrace_deleted FROM shop_public.levels ORDER BY 2"))
                    .containsExactly(List.of("0", "x", "t"), List.of("-0", "z", "f"));
        }
    }

    @Test
    void a_view_that_stands_in_the_way_of_a_new_copy_is_named() {
        Shape books = Shapes.table("public", "books").column("id", Shapes.INT4).key("id").shape();
        try (TestDatabase database = TestPostgres.latest().newDatabase(); PostgresDestination destination = adopted(database)) {
            publish(destination, books, List.of(row("1")));
            database.execute("CREATE VIEW public.shelf AS SELECT id FROM shop_public.books");
            assertThatThrownBy(() -> publish(destination, books, List.of(row("2"))))
                    .isInstanceOfSatisfying(Fault.class, fault -> {
                        assertThat(fault.kind()).isEqualTo(FaultKind.DESTINATION_REFUSED);
                        assertThat(fault.description()).contains("view public.shelf");
                    });
            assertThat(lines(database, "public.shelf")).containsExactly("(1)");
            database.execute("DROP VIEW public.shelf");
            destination.publish(books.table());
            assertThat(database.query("SELECT id FROM shop_public.books WHERE NOT _millrace_deleted")).containsExactly(List.of("2"));
        }
    }
}
