package dev.millrace.testkit.contract;

import static dev.millrace.testkit.change.ChangeScript.UNCHANGED;
import static dev.millrace.testkit.change.ChangeScript.copied;
import static dev.millrace.testkit.change.ChangeScript.row;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.core.destination.Destination;
import dev.millrace.core.destination.Publication;
import dev.millrace.core.destination.SourceIdentity;
import dev.millrace.core.destination.SyncMode;
import dev.millrace.core.fault.Fault;
import dev.millrace.core.shape.RowFilter;
import dev.millrace.core.shape.Shape;
import dev.millrace.core.shape.TableName;
import dev.millrace.testkit.change.ChangeScript;
import dev.millrace.testkit.change.Shapes;
import dev.millrace.testkit.destination.SeenRow;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// What becomes of rows in LIVE and HISTORY mode, and of a table whose mode changes. Rows are copied at [ChangeScript#START].
public interface ModeContract extends DestinationSubject {

    /// A table with a key and a column that can be large.
    Shape PAGES = Shapes.table("public", "pages")
            .column("id", Shapes.INT4)
            .column("name", Shapes.TEXT)
            .column("body", Shapes.TEXT)
            .key("id")
            .shape();

    /// A table without a key.
    Shape NOTES = Shapes.table("public", "notes").column("what", Shapes.TEXT).column("much", Shapes.INT4).shape();

    /// A table whose values may be equal and yet not the same.
    Shape READINGS = Shapes.table("public", "readings")
            .column("id", Shapes.INT4)
            .column("level", Shapes.FLOAT8)
            .column("price", Shapes.NUMERIC)
            .column("taken", Shapes.TIMESTAMP)
            .column("note", Shapes.TEXT)
            .key("id")
            .shape();

    /// Copies a table in a mode and publishes it.
    default void publish(Destination destination, Shape shape, SyncMode mode, List<List<@Nullable String>> rows) {
        publish(destination, shape, mode, ChangeScript.START, rows);
    }

    /// Copies a table in a mode by a snapshot of some time and publishes it.
    default void publish(
            Destination destination, Shape shape, SyncMode mode, Instant takenAt, List<List<@Nullable String>> rows) {
        destination.beginCopy(plan(shape, 1), mode);
        destination.load(shape.table(), plan(shape, 1).ranges().getFirst(), SNAPSHOT, START, takenAt, copied(shape, rows));
        destination.endCopy(shape.table());
        assertThat(destination.publish(shape.table())).isInstanceOf(Publication.Done.class);
    }

    /// The lines of a table, with milliseconds behind [ChangeScript#START] instead of times.
    default List<String> spans(Shape shape) {
        return rows(shape.table()).orElseThrow().stream()
                .map(row -> SeenRow.of(row.values(), row.deleted()).line() + span(row.span().orElseThrow()))
                .sorted()
                .toList();
    }

    /// The keys of a table's versions, with their spans.
    private List<String> spansOfKeys(Shape shape) {
        return rows(shape.table()).orElseThrow().stream()
                .map(row -> row.values().get("id") + span(row.span().orElseThrow()))
                .sorted()
                .toList();
    }

    private static SyncMode mode(Destination destination, Shape shape) {
        return Objects.requireNonNull(destination.recall().tables().get(shape.table())).mode();
    }

    private static String span(SeenRow.Span span) {
        boolean open = span.end().equals(Destination.OPEN_END);
        assertThat(span.active()).isEqualTo(open);
        return " " + millis(span.start()) + (open ? ".." : ".." + millis(span.end()));
    }

    private static String millis(Instant time) {
        long micros = ChangeScript.START.until(time, ChronoUnit.MICROS);
        return micros % 1_000 == 0 ? Long.toString(micros / 1_000) : Double.toString(micros / 1_000.0);
    }

    @Test
    default void a_row_that_comes_back_into_a_filter_takes_nothing_from_before_it_left() {
        Shape filtered = PAGES.withFilter(new RowFilter(List.of(new RowFilter.Condition("name", RowFilter.Operator.EQUALS, List.of("a")))));
        for (SyncMode mode : SyncMode.values()) {
            Shape shape = new Shape(
                    new TableName("public", "pages_" + mode.name().toLowerCase(Locale.ROOT)),
                    filtered.columns(),
                    filtered.identity(),
                    filtered.origin(),
                    filtered.filter());
            try (Destination destination = open()) {
                if (destination.recall().position().isEmpty()) {
                    destination.adopt(new SourceIdentity("7300", "shop"), START);
                }
                long from = 200 + 10 * mode.ordinal();
                publish(destination, shape, mode, List.of(row("1", "a", "x"), row("2", "a", "y")));
                assertThatThrownBy(() -> write(destination, from, ChangeScript.inText()
                                .delete(shape, "1", null, null)
                                .update(shape, "1", "a", UNCHANGED)))
                        .as("in one batch, %s", mode)
                        .isInstanceOf(Fault.class);
                write(destination, from + 1, ChangeScript.inText().delete(shape, "1", null, null));
                assertThatThrownBy(() -> write(destination, from + 2, ChangeScript.inText().update(shape, "1", "a", UNCHANGED)))
                        .as("in two, %s", mode)
                        .isInstanceOf(Fault.class);
                write(destination, from + 3, ChangeScript.inText().update(shape, "2", "a", UNCHANGED).insert(shape, "1", "a", "z"));
                assertThat(lines(shape)).anyMatch(line -> line.startsWith("id=1 name=a body=z")).anyMatch(line -> line.startsWith("id=2 name=a body=y"));
            }
        }
    }

    @Test
    default void in_live_mode_a_deleted_row_is_gone() {
        try (Destination destination = adopted()) {
            publish(destination, PAGES, SyncMode.LIVE, List.of(row("1", "a", "x"), row("2", "b", "y"), row("3", "c", "z")));
            write(destination, 200, ChangeScript.inText()
                    .delete(PAGES, "1", null, null)
                    .deleteWhole(PAGES, "2", "b", "y")
                    .insert(PAGES, "2", "again", "y")
                    .insert(PAGES, "4", "d", "v")
                    .delete(PAGES, "4", null, null));
            assertThat(lines(PAGES)).containsExactly("id=2 name=again body=y", "id=3 name=c body=z");
        }
    }

    @Test
    default void in_live_mode_a_moved_row_is_at_its_new_key_only() {
        try (Destination destination = adopted()) {
            publish(destination, PAGES, SyncMode.LIVE, List.of(row("1", "a", "large"), row("2", "b", "also large")));
            write(destination, 200, ChangeScript.inText()
                    .move(PAGES, row("1", null, null), "5", "c", UNCHANGED)
                    .update(PAGES, "2", "d", UNCHANGED));
            assertThat(lines(PAGES)).containsExactly("id=2 name=d body=also large", "id=5 name=c body=large");
        }
    }

    @Test
    default void in_live_mode_a_truncate_leaves_what_came_behind_it() {
        try (Destination destination = adopted()) {
            publish(destination, PAGES, SyncMode.LIVE, List.of(row("1", "a", "x")));
            publish(destination, NOTES, SyncMode.LIVE, List.of(row("a", "1")));
            write(destination, 200, ChangeScript.inText()
                    .insert(PAGES, "2", "b", "y")
                    .insert(NOTES, "b", "1")
                    .truncate(PAGES)
                    .truncate(NOTES)
                    .insert(PAGES, "3", "c", "z")
                    .insert(NOTES, "c", "1"));
            assertThat(lines(PAGES)).containsExactly("id=3 name=c body=z");
            assertThat(lines(NOTES)).containsExactly("what=c much=1");
        }
    }

    @Test
    default void in_live_mode_one_of_several_equal_rows_goes() {
        try (Destination destination = adopted()) {
            publish(destination, NOTES, SyncMode.LIVE, List.of(row("a", null), row("a", null), row("a", null), row("b", "1")));
            write(destination, 200, ChangeScript.inText()
                    .deleteWhole(NOTES, "a", null)
                    .updateWhole(NOTES, row("a", null), "c", "2")
                    .updateWhole(NOTES, row("b", "1"), "b", "2"));
            assertThat(lines(NOTES)).containsExactly("what=a", "what=b much=2", "what=c much=2");
            assertThatThrownBy(() -> write(destination, 300, ChangeScript.inText().deleteWhole(NOTES, "nowhere", null)))
                    .isInstanceOf(Fault.class);
        }
    }

    @Test
    default void in_live_mode_a_new_copy_leaves_nothing_of_the_old_one() {
        try (Destination destination = adopted()) {
            publish(destination, PAGES, SyncMode.LIVE, List.of(row("1", "a", "x"), row("2", "b", "y")));
            publish(destination, PAGES, SyncMode.LIVE, List.of(row("2", "c", "y")));
            assertThat(lines(PAGES)).containsExactly("id=2 name=c body=y");
        }
    }

    @Test
    default void a_history_begins_when_its_snapshot_was_taken() {
        try (Destination destination = adopted()) {
            publish(destination, PAGES, SyncMode.HISTORY, List.of(row("1", "a", "x")));
            publish(destination, NOTES, SyncMode.HISTORY, List.of(row("a", "1")));
            assertThat(spans(PAGES)).containsExactly("id=1 name=a body=x 0..");
            assertThat(spans(NOTES)).containsExactly("what=a much=1 0..");
            assertThat(mode(destination, PAGES)).isEqualTo(SyncMode.HISTORY);
        }
    }

    @Test
    default void a_version_is_closed_one_millisecond_before_the_next_begins() {
        try (Destination destination = adopted()) {
            publish(destination, PAGES, SyncMode.HISTORY, List.of(row("1", "a", "x")));
            write(destination, 200, ChangeScript.inText()
                    .transaction(1001, 10).update(PAGES, "1", "b", "x")
                    .transaction(1002, 20).update(PAGES, "1", "c", "x"));
            write(destination, 300, ChangeScript.inBinary().transaction(1003, 30).update(PAGES, "1", "d", "x"));
            assertThat(spans(PAGES))
                    .containsExactly(
                            "id=1 name=a body=x 0..9",
                            "id=1 name=b body=x 10..19",
                            "id=1 name=c body=x 20..29",
                            "id=1 name=d body=x 30..");
        }
    }

    @Test
    default void a_transaction_makes_one_version_of_a_row() {
        try (Destination destination = adopted()) {
            publish(destination, PAGES, SyncMode.HISTORY, List.of(row("1", "a", "x")));
            write(destination, 200, ChangeScript.inText()
                    .transaction(1001, 10)
                    .update(PAGES, "1", "b", "x")
                    .delete(PAGES, "1", null, null)
                    .insert(PAGES, "1", "c", "y")
                    .insert(PAGES, "2", "never", "seen")
                    .delete(PAGES, "2", null, null));
            assertThat(spans(PAGES)).containsExactly("id=1 name=a body=x 0..9", "id=1 name=c body=y 10..");
        }
    }

    @Test
    default void a_transaction_in_several_pieces_makes_one_version_of_a_row() {
        try (Destination destination = adopted()) {
            publish(destination, PAGES, SyncMode.HISTORY, List.of(row("1", "a", "large")));
            destination.write(ChangeScript.pieces(200, List.of(
                    ChangeScript.inText().transaction(1001, 10).update(PAGES, "1", "b", UNCHANGED).insert(PAGES, "2", "c", "y"),
                    ChangeScript.inText()
                            .transaction(1001, 10)
                            .update(PAGES, "1", "d", UNCHANGED)
                            .delete(PAGES, "2", null, null)
                            .insert(PAGES, "3", "e", "z"))));
            assertThat(spans(PAGES))
                    .containsExactly("id=1 name=a body=large 0..9", "id=1 name=d body=large 10..", "id=3 name=e body=z 10..");
        }
    }

    @Test
    default void a_delete_closes_the_version_and_an_insert_opens_another() {
        try (Destination destination = adopted()) {
            publish(destination, PAGES, SyncMode.HISTORY, List.of(row("1", "a", "x"), row("2", "b", "y")));
            write(destination, 200, ChangeScript.inText()
                    .transaction(1001, 10).delete(PAGES, "1", null, null)
                    .transaction(1002, 20).delete(PAGES, "2", null, null)
                    .transaction(1003, 30).insert(PAGES, "2", "c", "y"));
            write(destination, 300, ChangeScript.inText().transaction(1004, 40).insert(PAGES, "1", "d", "x"));
            assertThat(spans(PAGES))
                    .containsExactly(
                            "id=1 name=a body=x 0..10",
                            "id=1 name=d body=x 40..",
                            "id=2 name=b body=y 0..20",
                            "id=2 name=c body=y 30..");
        }
    }

    @Test
    default void a_key_that_moves_is_closed_and_the_new_one_opened() {
        try (Destination destination = adopted()) {
            publish(destination, PAGES, SyncMode.HISTORY, List.of(row("1", "one", "x"), row("2", "two", "y")));
            write(destination, 200, ChangeScript.inText()
                    .transaction(1001, 10)
                    .move(PAGES, row("1", null, null), "0", "one", UNCHANGED)
                    .move(PAGES, row("2", null, null), "1", "two", UNCHANGED)
                    .move(PAGES, row("0", null, null), "2", "one", UNCHANGED)
                    .transaction(1002, 20)
                    .move(PAGES, row("2", null, null), "7", "one", UNCHANGED));
            assertThat(spans(PAGES))
                    .containsExactly(
                            "id=1 name=one body=x 0..9",
                            "id=1 name=two body=y 10..",
                            "id=2 name=one body=x 10..20",
                            "id=2 name=two body=y 0..9",
                            "id=7 name=one body=x 20..");
        }
    }

    @Test
    default void an_unchanged_value_is_that_of_the_version_before() {
        try (Destination destination = adopted()) {
            publish(destination, PAGES, SyncMode.HISTORY, List.of(row("1", "a", "large")));
            write(destination, 200, ChangeScript.inText()
                    .transaction(1001, 10).update(PAGES, "1", "b", UNCHANGED)
                    .transaction(1002, 20).update(PAGES, "1", "c", UNCHANGED).insert(PAGES, "2", "new", "also large")
                    .transaction(1003, 30).update(PAGES, "2", "newer", UNCHANGED)
                    .transaction(1004, 40).delete(PAGES, "1", null, null));
            assertThat(spans(PAGES))
                    .containsExactly(
                            "id=1 name=a body=large 0..9",
                            "id=1 name=b body=large 10..19",
                            "id=1 name=c body=large 20..40",
                            "id=2 name=new body=also large 20..29",
                            "id=2 name=newer body=also large 30..");
        }
    }

    @Test
    default void an_unchanged_value_that_is_nowhere_is_a_fault_in_a_history_too() {
        try (Destination destination = adopted()) {
            publish(destination, PAGES, SyncMode.HISTORY, List.of(row("1", "a", "x")));
            assertThatThrownBy(() -> write(destination, 200, ChangeScript.inText().update(PAGES, "7", "b", UNCHANGED)))
                    .isInstanceOf(Fault.class);
            assertThat(spans(PAGES)).containsExactly("id=1 name=a body=x 0..");
        }
    }

    @Test
    default void an_insert_of_what_lives_makes_no_version() {
        try (Destination destination = adopted()) {
            publish(destination, PAGES, SyncMode.HISTORY, List.of(row("1", "a", "x"), row("2", "b", null), row("3", "c", "z")));
            write(destination, 200, ChangeScript.inText()
                    .transaction(1001, 10).insert(PAGES, "1", "a", "x").insert(PAGES, "2", "b", null).insert(PAGES, "4", "d", "v")
                    .transaction(1002, 20).insert(PAGES, "1", "a", "x").insert(PAGES, "3", "c", "other").insert(PAGES, "4", "d", "v"));
            write(destination, 300, ChangeScript.inBinary()
                    .transaction(1003, 30).insert(PAGES, "1", "a", "x").insert(PAGES, "2", "b", "").insert(PAGES, "4", "d", "v"));
            assertThat(spans(PAGES))
                    .containsExactly(
                            "id=1 name=a body=x 0..",
                            "id=2 name=b 0..29",
                            "id=2 name=b body= 30..",
                            "id=3 name=c body=other 20..",
                            "id=3 name=c body=z 0..19",
                            "id=4 name=d body=v 10..");
        }
    }

    @Test
    default void an_insert_is_compared_with_what_its_batch_made_of_the_row() {
        try (Destination destination = adopted()) {
            publish(destination, PAGES, SyncMode.HISTORY, List.of(row("1", "a", "large"), row("2", "b", "large"), row("3", "c", "z")));
            write(destination, 200, ChangeScript.inText()
                    .transaction(1001, 10).update(PAGES, "1", "b", UNCHANGED).move(PAGES, row("2", null, null), "5", "b", UNCHANGED)
                    .transaction(1002, 20).insert(PAGES, "1", "b", "large").insert(PAGES, "5", "b", "large").insert(PAGES, "3", "c", "z")
                    .transaction(1003, 30).insert(PAGES, "1", "a", "large").update(PAGES, "3", "d", UNCHANGED)
                    .transaction(1004, 40).insert(PAGES, "1", "a", "large").insert(PAGES, "3", "d", "z"));
            assertThat(spans(PAGES))
                    .containsExactly(
                            "id=1 name=a body=large 0..9",
                            "id=1 name=a body=large 30..",
                            "id=1 name=b body=large 10..29",
                            "id=2 name=b body=large 0..10",
                            "id=3 name=c body=z 0..29",
                            "id=3 name=d body=z 30..",
                            "id=5 name=b body=large 10..");
        }
    }

    @Test
    default void inserts_of_a_row_in_several_pieces_make_one_version() {
        try (Destination destination = adopted()) {
            publish(destination, PAGES, SyncMode.HISTORY, List.of(row("1", "a", "x")));
            destination.write(ChangeScript.pieces(200, List.of(
                    ChangeScript.inText()
                            .transaction(1001, 10).insert(PAGES, "1", "a", "x").insert(PAGES, "2", "b", "y").insert(PAGES, "2", "b", "y"),
                    ChangeScript.inBinary()
                            .transaction(1001, 10).insert(PAGES, "1", "a", "x").insert(PAGES, "2", "b", "y")
                            .transaction(1002, 20).insert(PAGES, "2", "b", "y").insert(PAGES, "1", "c", "x"))));
            assertThat(spans(PAGES))
                    .containsExactly("id=1 name=a body=x 0..19", "id=1 name=c body=x 20..", "id=2 name=b body=y 10..");
        }
    }

    @Test
    default void an_insert_is_a_repetition_if_what_is_stored_is_the_same() {
        List<List<@Nullable String>> rows = List.of(
                row("1", "NaN", "1.5", "2026-02-03 04:05:06.5", "a"),
                row("2", "-0", "-20000.0001", null, ""),
                row("3", null, null, null, null));
        try (Destination destination = adopted()) {
            publish(destination, READINGS, SyncMode.HISTORY, rows);
            ChangeScript text = ChangeScript.inText().transaction(1001, 10);
            ChangeScript binary = ChangeScript.inBinary().transaction(1002, 20);
            for (List<@Nullable String> row : rows) {
                text.insert(READINGS, row.toArray(new @Nullable String[0]));
                binary.insert(READINGS, row.toArray(new @Nullable String[0]));
            }
            write(destination, 200, text);
            write(destination, 300, binary);
            assertThat(spansOfKeys(READINGS)).containsExactly("1 0..", "2 0..", "3 0..");
            write(destination, 400, ChangeScript.inText()
                    .transaction(1003, 30)
                    .insert(READINGS, "2", "0", "-20000.0001", null, "")
                    .insert(READINGS, "3", null, null, null, ""));
            assertThat(spansOfKeys(READINGS)).containsExactly("1 0..", "2 0..29", "2 30..", "3 0..29", "3 30..");
        }
    }

    @Test
    default void an_update_that_changes_nothing_makes_a_version() {
        try (Destination destination = adopted()) {
            publish(destination, PAGES, SyncMode.HISTORY, List.of(row("1", "a", "x"), row("2", "b", "y")));
            write(destination, 200, ChangeScript.inText()
                    .transaction(1001, 10).update(PAGES, "1", "a", "x").insert(PAGES, "2", "b", "y")
                    .transaction(1002, 20).insert(PAGES, "2", "b", "y").update(PAGES, "2", "b", UNCHANGED).insert(PAGES, "1", "a", "x"));
            assertThat(spans(PAGES))
                    .containsExactly(
                            "id=1 name=a body=x 0..9", "id=1 name=a body=x 10..", "id=2 name=b body=y 0..19", "id=2 name=b body=y 20..");
        }
    }

    @Test
    default void a_row_that_ended_and_is_inserted_as_it_was_has_another_version() {
        try (Destination destination = adopted()) {
            publish(destination, PAGES, SyncMode.HISTORY, List.of(row("1", "a", "x"), row("2", "b", "y"), row("3", "c", "z")));
            write(destination, 200, ChangeScript.inText()
                    .transaction(1001, 10).delete(PAGES, "1", null, null).delete(PAGES, "2", null, null)
                    .transaction(1002, 20).insert(PAGES, "1", "a", "x").delete(PAGES, "3", null, null).insert(PAGES, "3", "c", "z"));
            write(destination, 300, ChangeScript.inText().transaction(1003, 30).insert(PAGES, "1", "a", "x").insert(PAGES, "2", "b", "y"));
            assertThat(spans(PAGES))
                    .containsExactly(
                            "id=1 name=a body=x 0..10",
                            "id=1 name=a body=x 20..",
                            "id=2 name=b body=y 0..10",
                            "id=2 name=b body=y 30..",
                            "id=3 name=c body=z 0..19",
                            "id=3 name=c body=z 20..");
        }
    }

    @Test
    default void a_delete_of_what_does_not_live_leaves_a_history_as_it_is() {
        try (Destination destination = adopted()) {
            publish(destination, PAGES, SyncMode.HISTORY, List.of(row("1", "a", "x")));
            write(destination, 200, ChangeScript.inText()
                    .transaction(1001, 10).delete(PAGES, "1", null, null).delete(PAGES, "7", null, null)
                    .transaction(1002, 20).deleteWhole(PAGES, "1", "a", "x").deleteWhole(PAGES, "8", "never", "here"));
            write(destination, 300, ChangeScript.inText()
                    .transaction(1003, 30).delete(PAGES, "1", null, null)
                    .transaction(1004, 15).insert(PAGES, "1", "b", "x"));
            assertThat(spans(PAGES)).containsExactly("id=1 name=a body=x 0..10", "id=1 name=b body=x 15..");
        }
    }

    @Test
    default void what_lives_or_does_not_stays_so_in_live_mode_when_it_is_said_again() {
        try (Destination destination = adopted()) {
            publish(destination, PAGES, SyncMode.LIVE, List.of(row("1", "a", "x"), row("2", "b", null)));
            write(destination, 200, ChangeScript.inText()
                    .insert(PAGES, "1", "a", "x")
                    .insert(PAGES, "2", "b", null)
                    .delete(PAGES, "7", null, null)
                    .deleteWhole(PAGES, "8", "never", "here"));
            assertThat(lines(PAGES)).containsExactly("id=1 name=a body=x", "id=2 name=b");
            write(destination, 300, ChangeScript.inText().delete(PAGES, "1", null, null));
            write(destination, 400, ChangeScript.inText().delete(PAGES, "1", null, null).delete(PAGES, "2", null, null));
            write(destination, 500, ChangeScript.inText().insert(PAGES, "1", "a", "x"));
            assertThat(lines(PAGES)).containsExactly("id=1 name=a body=x");
        }
    }

    @Test
    default void what_is_said_again_during_a_copy_changes_nothing() {
        for (SyncMode mode : SyncMode.values()) {
            Shape shape = new Shape(
                    new TableName("public", "said_again_" + mode.name().toLowerCase(Locale.ROOT)),
                    PAGES.columns(),
                    PAGES.identity(),
                    PAGES.origin(),
                    PAGES.filter());
            try (Destination destination = open()) {
                if (destination.recall().position().isEmpty()) {
                    destination.adopt(new SourceIdentity("7300", "shop"), START);
                }
                destination.beginCopy(plan(shape, 1), mode);
                write(destination, 200 + mode.ordinal(), ChangeScript.inText()
                        .transaction(1001, 10)
                        .insert(shape, "1", "a", "x")
                        .insert(shape, "2", "b", "y")
                        .delete(shape, "7", null, null)
                        .deleteWhole(shape, "8", "never", "here")
                        .transaction(1002, 20)
                        .insert(shape, "2", "b", "y"));
                load(destination, shape, 0, copied(shape, List.of(row("1", "a", "x"))));
                destination.endCopy(shape.table());
                assertThat(destination.publish(shape.table())).isEqualTo(new Publication.Done(2));
                if (mode == SyncMode.HISTORY) {
                    assertThat(spans(shape)).containsExactly("id=1 name=a body=x 0..", "id=2 name=b body=y 10..");
                } else {
                    assertThat(lines(shape)).as("%s", mode).containsExactly("id=1 name=a body=x", "id=2 name=b body=y");
                }
            }
        }
    }

    @Test
    default void a_truncate_closes_every_open_version() {
        try (Destination destination = adopted()) {
            publish(destination, PAGES, SyncMode.HISTORY, List.of(row("1", "a", "x"), row("2", "b", "y"), row("3", "c", "z")));
            write(destination, 200, ChangeScript.inText()
                    .transaction(1001, 10).update(PAGES, "1", "d", "x")
                    .transaction(1002, 20).truncate(PAGES).insert(PAGES, "2", "e", "y")
                    .transaction(1003, 30).insert(PAGES, "3", "f", "z"));
            assertThat(spans(PAGES))
                    .containsExactly(
                            "id=1 name=a body=x 0..9",
                            "id=1 name=d body=x 10..20",
                            "id=2 name=b body=y 0..19",
                            "id=2 name=e body=y 20..",
                            "id=3 name=c body=z 0..20",
                            "id=3 name=f body=z 30..");
        }
    }

    @Test
    default void commit_times_that_go_back_or_lie_close_never_make_versions_overlap() {
        try (Destination destination = adopted()) {
            publish(destination, PAGES, SyncMode.HISTORY, List.of(row("1", "a", "x"), row("2", "b", "y")));
            write(destination, 200, ChangeScript.inText()
                    .transaction(1001, 50).update(PAGES, "1", "b", "x")
                    .transaction(1002, 40).update(PAGES, "1", "c", "x")
                    .transaction(1003, 51.5).update(PAGES, "1", "d", "x"));
            write(destination, 300, ChangeScript.inText()
                    .transaction(1004, 45).delete(PAGES, "1", null, null)
                    .transaction(1005, -20).update(PAGES, "2", "c", "y"));
            write(destination, 400, ChangeScript.inText().transaction(1006, 46).insert(PAGES, "1", "e", "x"));
            assertThat(spans(PAGES))
                    .containsExactly(
                            "id=1 name=a body=x 0..49",
                            "id=1 name=b body=x 50..50",
                            "id=1 name=c body=x 51..51",
                            "id=1 name=d body=x 52..53",
                            "id=1 name=e body=x 54..",
                            "id=2 name=b body=y 0..0",
                            "id=2 name=c body=y 1..");
        }
    }

    @Test
    default void a_history_without_a_key_closes_one_of_several_equal_rows() {
        try (Destination destination = adopted()) {
            publish(destination, NOTES, SyncMode.HISTORY, List.of(row("a", null), row("a", null), row("b", "1")));
            write(destination, 200, ChangeScript.inText()
                    .transaction(1001, 10).deleteWhole(NOTES, "a", null)
                    .transaction(1002, 20).updateWhole(NOTES, row("b", "1"), UNCHANGED, "2")
                    .transaction(1003, 30).insert(NOTES, "never", "4").deleteWhole(NOTES, "never", "4")
                    .transaction(1004, 40).truncate(NOTES).insert(NOTES, "c", "3"));
            assertThat(spans(NOTES))
                    .containsExactly("what=a 0..10", "what=a 0..40", "what=b much=1 0..19", "what=b much=2 20..40", "what=c much=3 40..");
        }
    }

    @Test
    default void changes_during_a_copy_are_versions_of_the_history() {
        try (Destination destination = adopted()) {
            destination.beginCopy(plan(PAGES, 1), SyncMode.HISTORY);
            write(destination, 200, ChangeScript.inText()
                    .transaction(999, -5).update(PAGES, "1", "a", "x")
                    .transaction(1001, 10).update(PAGES, "1", "b", UNCHANGED)
                    .transaction(1002, 20).insert(PAGES, "2", "c", "y"));
            load(destination, PAGES, 0, copied(PAGES, List.of(row("1", "a", "x"))));
            destination.endCopy(PAGES.table());
            destination.publish(PAGES.table());
            assertThat(spans(PAGES))
                    .containsExactly("id=1 name=a body=x 0..9", "id=1 name=b body=x 10..", "id=2 name=c body=y 20..");
        }
    }

    @Test
    default void a_new_copy_leaves_closed_versions_and_goes_on_with_equal_ones() {
        try (Destination destination = adopted()) {
            publish(destination, PAGES, SyncMode.HISTORY, List.of(row("1", "a", "x"), row("2", "b", "y"), row("3", "c", null)));
            publish(destination, NOTES, SyncMode.HISTORY, List.of(row("a", "1"), row("a", "1"), row("b", "1")));
            write(destination, 200, ChangeScript.inText()
                    .transaction(1001, 10).update(PAGES, "1", "d", "x").deleteWhole(NOTES, "b", "1"));
            Instant later = ChangeScript.START.plusMillis(500);
            publish(destination, PAGES, SyncMode.HISTORY, later, List.of(row("1", "e", "x"), row("3", "c", null), row("4", "f", "v")));
            publish(destination, NOTES, SyncMode.HISTORY, later, List.of(row("a", "1"), row("b", "1")));
            // The row that the copies lack ended at the latest when the last batch's last transaction committed.
            assertThat(spans(PAGES))
                    .containsExactly(
                            "id=1 name=a body=x 0..9",
                            "id=1 name=d body=x 10..499",
                            "id=1 name=e body=x 500..",
                            "id=2 name=b body=y 0..678.901",
                            "id=3 name=c 0..",
                            "id=4 name=f body=v 500..");
            assertThat(spans(NOTES))
                    .containsExactly(
                            "what=a much=1 0..",
                            "what=a much=1 0..678.901",
                            "what=b much=1 0..10",
                            "what=b much=1 500..");
        }
    }

    @Test
    default void soft_delete_to_live_deletes_the_marked_rows() {
        try (Destination destination = marked(SyncMode.SOFT_DELETE)) {
            convert(destination, SyncMode.LIVE);
            assertThat(lines(PAGES)).containsExactly("id=2 name=b body=y");
            assertThat(lines(NOTES)).containsExactly("what=a much=1");
            goOn(destination);
            assertThat(lines(PAGES)).containsExactly("id=3 name=c body=z");
            assertThat(lines(NOTES)).containsExactly("what=a much=1", "what=c much=3");
        }
    }

    @Test
    default void live_to_soft_delete_marks_from_then_on() {
        try (Destination destination = marked(SyncMode.LIVE)) {
            convert(destination, SyncMode.SOFT_DELETE);
            assertThat(lines(PAGES)).containsExactly("id=2 name=b body=y");
            goOn(destination);
            assertThat(lines(PAGES)).containsExactly("id=2 name=b body=y (deleted)", "id=3 name=c body=z");
            assertThat(lines(NOTES)).containsExactly("what=a much=1", "what=c much=3");
        }
    }

    @Test
    default void soft_delete_to_history_makes_versions_of_rows() {
        try (Destination destination = marked(SyncMode.SOFT_DELETE)) {
            convert(destination, SyncMode.HISTORY);
            assertThat(spans(PAGES)).containsExactly("id=1 name=a body=x 678.901..678.901", "id=2 name=b body=y 678.901..");
            goOn(destination);
            assertThat(spans(PAGES))
                    .containsExactly(
                            "id=1 name=a body=x 678.901..678.901", "id=2 name=b body=y 678.901..900", "id=3 name=c body=z 900..");
            assertThat(spans(NOTES))
                    .containsExactly("what=a much=1 678.901..", "what=b much=2 678.901..678.901", "what=c much=3 900..");
        }
    }

    @Test
    default void live_to_history_makes_versions_of_rows() {
        try (Destination destination = marked(SyncMode.LIVE)) {
            convert(destination, SyncMode.HISTORY);
            assertThat(spans(PAGES)).containsExactly("id=2 name=b body=y 678.901..");
            goOn(destination);
            assertThat(spans(PAGES)).containsExactly("id=2 name=b body=y 678.901..900", "id=3 name=c body=z 900..");
        }
    }

    @Test
    default void history_to_soft_delete_keeps_the_latest_version_of_each_key() {
        try (Destination destination = marked(SyncMode.HISTORY)) {
            convert(destination, SyncMode.SOFT_DELETE);
            assertThat(lines(PAGES)).containsExactly("id=1 name=a body=x (deleted)", "id=2 name=b body=y");
            assertThat(lines(NOTES)).containsExactly("what=a much=1", "what=b much=2 (deleted)");
            goOn(destination);
            assertThat(lines(PAGES))
                    .containsExactly("id=1 name=a body=x (deleted)", "id=2 name=b body=y (deleted)", "id=3 name=c body=z");
        }
    }

    @Test
    default void history_to_live_keeps_the_open_versions() {
        try (Destination destination = marked(SyncMode.HISTORY)) {
            convert(destination, SyncMode.LIVE);
            assertThat(lines(PAGES)).containsExactly("id=2 name=b body=y");
            assertThat(lines(NOTES)).containsExactly("what=a much=1");
            goOn(destination);
            assertThat(lines(PAGES)).containsExactly("id=3 name=c body=z");
        }
    }

    @Test
    default void a_new_copy_in_another_mode_turns_what_was_published() {
        for (SyncMode from : SyncMode.values()) {
            for (SyncMode to : SyncMode.values()) {
                Shape shape = Shapes.table("public", from + "_" + to).column("id", Shapes.INT4).column("v", Shapes.TEXT).key("id").shape();
                try (Destination destination = open()) {
                    if (destination.recall().position().isEmpty()) {
                        destination.adopt(new SourceIdentity("7300", "shop"), START);
                    }
                    publish(destination, shape, from, List.of(row("1", "a"), row("2", "b")));
                    publish(destination, shape, to, ChangeScript.START.plusMillis(500), List.of(row("2", "b"), row("3", "c")));
                    List<String> live = rows(shape.table()).orElseThrow().stream()
                            .filter(row -> !row.deleted() && row.span().map(SeenRow.Span::active).orElse(true))
                            .map(row -> SeenRow.of(row.values(), false).line())
                            .sorted()
                            .toList();
                    assertThat(live).containsExactly("id=2 v=b", "id=3 v=c");
                    assertThat(mode(destination, shape)).isEqualTo(to);
                    int ended = to == SyncMode.LIVE ? 0 : 1;
                    assertThat(rows(shape.table()).orElseThrow()).as("%s to %s", from, to).hasSize(2 + ended);
                }
            }
        }
    }

    /// Both tables in a mode, each with a row that lives and one that has ended.
    private Destination marked(SyncMode mode) {
        Destination destination = adopted();
        publish(destination, PAGES, mode, List.of(row("1", "a", "x"), row("2", "a", "y")));
        publish(destination, NOTES, mode, List.of(row("a", "1"), row("b", "2")));
        write(destination, 200, ChangeScript.inText()
                .transaction(1001, 10).delete(PAGES, "1", null, null).update(PAGES, "2", "b", UNCHANGED)
                .deleteWhole(NOTES, "b", "2"));
        return destination;
    }

    private void convert(Destination destination, SyncMode mode) {
        for (Shape shape : List.of(PAGES, NOTES)) {
            destination.convert(shape.table(), mode);
            assertThat(mode(destination, shape)).isEqualTo(mode);
        }
    }

    /// Something that happens to both tables after they were converted.
    private void goOn(Destination destination) {
        write(destination, 300, ChangeScript.inText()
                .transaction(1002, 900).delete(PAGES, "2", null, null).insert(PAGES, "3", "c", "z")
                .insert(NOTES, "c", "3"));
    }
}
