package dev.millrace.testkit.contract;

import static dev.millrace.testkit.change.ChangeScript.UNCHANGED;
import static dev.millrace.testkit.change.ChangeScript.row;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.core.destination.Destination;
import dev.millrace.core.fault.Fault;
import dev.millrace.core.shape.Shape;
import dev.millrace.testkit.change.ChangeScript;
import dev.millrace.testkit.change.Shapes;
import java.util.List;
import org.junit.jupiter.api.Test;

/// How changes reach a table with a key.
public interface MergeContract extends DestinationSubject {

    /// A table with a key and a column that can be large.
    Shape FILES = Shapes.table("public", "files")
            .column("id", Shapes.INT4)
            .column("name", Shapes.TEXT)
            .column("body", Shapes.TEXT)
            .key("id")
            .shape();

    /// A table with a key of two columns, the second before the first.
    Shape PLACES = Shapes.table("public", "places")
            .column("seat", Shapes.INT8)
            .column("guest", Shapes.TEXT)
            .column("row", Shapes.NUMERIC)
            .key("seat", "row")
            .shape();

    @Test
    default void changes_of_one_key_keep_their_order_within_and_across_batches() {
        try (Destination destination = adopted()) {
            publish(destination, FILES, List.of());
            write(destination, 200, ChangeScript.inText()
                    .insert(FILES, "1", "a", "x")
                    .update(FILES, "1", "b", "x")
                    .insert(FILES, "2", "c", "y")
                    .update(FILES, "1", "d", "x"));
            assertThat(lines(FILES)).containsExactly("id=1 name=d body=x", "id=2 name=c body=y");
            write(destination, 300, ChangeScript.inText().update(FILES, "2", "e", "y").update(FILES, "2", "f", "z"));
            assertThat(lines(FILES)).containsExactly("id=1 name=d body=x", "id=2 name=f body=z");
        }
    }

    @Test
    default void a_row_deleted_by_its_key_alone_is_marked_and_keeps_its_values() {
        try (Destination destination = adopted()) {
            publish(destination, FILES, List.of(row("1", "a", "x"), row("2", "b", "y")));
            write(destination, 200, ChangeScript.inText().delete(FILES, "1", null, null));
            assertThat(lines(FILES)).containsExactly("id=1 name=a body=x (deleted)", "id=2 name=b body=y");
        }
    }

    @Test
    default void a_row_inserted_and_deleted_in_one_batch_is_a_deleted_row() {
        try (Destination destination = adopted()) {
            publish(destination, FILES, List.of());
            write(destination, 200, ChangeScript.inText().insert(FILES, "1", "a", "x").delete(FILES, "1", null, null));
            assertThat(lines(FILES)).containsExactly("id=1 name=a body=x (deleted)");
        }
    }

    @Test
    default void a_deleted_key_that_is_inserted_again_is_one_live_row() {
        try (Destination destination = adopted()) {
            publish(destination, FILES, List.of(row("1", "a", "x"), row("2", "b", "y")));
            write(destination, 200, ChangeScript.inText().delete(FILES, "1", null, null));
            write(destination, 300, ChangeScript.inText()
                    .insert(FILES, "1", "again", "z")
                    .delete(FILES, "2", null, null)
                    .insert(FILES, "2", "at once", "z"));
            assertThat(lines(FILES)).containsExactly("id=1 name=again body=z", "id=2 name=at once body=z");
        }
    }

    @Test
    default void a_delete_of_a_row_that_is_not_there_does_nothing() {
        try (Destination destination = adopted()) {
            publish(destination, FILES, List.of(row("1", "a", "x")));
            write(destination, 200, ChangeScript.inText().delete(FILES, "7", null, null));
            assertThat(lines(FILES)).containsExactly("id=1 name=a body=x");
        }
    }

    @Test
    default void a_delete_of_a_row_that_is_not_there_does_nothing_however_much_it_tells() {
        try (Destination destination = adopted()) {
            publish(destination, FILES, List.of(row("1", "a", "x"), row("2", "b", "y")));
            write(destination, 200, ChangeScript.inText().deleteWhole(FILES, "7", "never", "here").delete(FILES, "1", null, null));
            write(destination, 300, ChangeScript.inText()
                    .deleteWhole(FILES, "1", "other", "values")
                    .delete(FILES, "2", null, null)
                    .delete(FILES, "2", null, null));
            write(destination, 400, ChangeScript.inText().delete(FILES, "2", null, null));
            assertThat(lines(FILES)).containsExactly("id=1 name=a body=x (deleted)", "id=2 name=b body=y (deleted)");
        }
    }

    @Test
    default void an_insert_of_a_row_that_lives_leaves_it_as_it_is() {
        try (Destination destination = adopted()) {
            publish(destination, FILES, List.of(row("1", "a", "x"), row("2", "b", null)));
            write(destination, 200, ChangeScript.inText().insert(FILES, "1", "a", "x").insert(FILES, "3", "c", "z"));
            write(destination, 300, ChangeScript.inBinary()
                    .insert(FILES, "2", "b", null)
                    .insert(FILES, "3", "c", "z")
                    .insert(FILES, "3", "c", "z"));
            assertThat(lines(FILES)).containsExactly("id=1 name=a body=x", "id=2 name=b", "id=3 name=c body=z");
        }
    }

    @Test
    default void a_deleted_row_that_is_inserted_as_it_was_lives_again() {
        try (Destination destination = adopted()) {
            publish(destination, FILES, List.of(row("1", "a", "x"), row("2", "b", "y")));
            write(destination, 200, ChangeScript.inText().delete(FILES, "1", null, null));
            write(destination, 300, ChangeScript.inText()
                    .insert(FILES, "1", "a", "x")
                    .delete(FILES, "2", null, null)
                    .insert(FILES, "2", "b", "y"));
            assertThat(lines(FILES)).containsExactly("id=1 name=a body=x", "id=2 name=b body=y");
        }
    }

    @Test
    default void a_partial_row_leaves_the_untouched_columns_alone() {
        try (Destination destination = adopted()) {
            publish(destination, FILES, List.of(row("1", "a", "large"), row("2", "b", null)));
            write(destination, 200, ChangeScript.inText()
                    .update(FILES, "1", "c", UNCHANGED)
                    .update(FILES, "2", null, UNCHANGED)
                    .insert(FILES, "3", "new", "also large")
                    .update(FILES, "3", "newer", UNCHANGED));
            assertThat(lines(FILES)).containsExactly("id=1 name=c body=large", "id=2", "id=3 name=newer body=also large");
        }
    }

    @Test
    default void a_partial_row_takes_each_field_from_where_it_was_written_last() {
        try (Destination destination = adopted()) {
            publish(destination, FILES, List.of(row("1", "a", "x")));
            write(destination, 200, ChangeScript.inText()
                    .update(FILES, "1", "b", UNCHANGED)
                    .update(FILES, "1", UNCHANGED, "y")
                    .update(FILES, "1", UNCHANGED, UNCHANGED));
            assertThat(lines(FILES)).containsExactly("id=1 name=b body=y");
        }
    }

    @Test
    default void a_partial_row_that_is_deleted_in_the_same_batch_keeps_all_values() {
        try (Destination destination = adopted()) {
            publish(destination, FILES, List.of(row("1", "a", "large")));
            write(destination, 200, ChangeScript.inText().update(FILES, "1", "b", UNCHANGED).delete(FILES, "1", null, null));
            assertThat(lines(FILES)).containsExactly("id=1 name=b body=large (deleted)");
        }
    }

    @Test
    default void a_partial_row_whose_other_values_are_nowhere_is_a_fault() {
        try (Destination destination = adopted()) {
            publish(destination, FILES, List.of(row("1", "a", "x")));
            assertThatThrownBy(() -> write(destination, 200, ChangeScript.inText().update(FILES, "7", "b", UNCHANGED)))
                    .isInstanceOf(Fault.class);
            assertThat(lines(FILES)).containsExactly("id=1 name=a body=x");
            write(destination, 200, ChangeScript.inText().update(FILES, "1", "b", UNCHANGED));
            assertThat(lines(FILES)).containsExactly("id=1 name=b body=x");
        }
    }

    @Test
    default void an_update_that_moves_a_key_marks_the_old_row_and_writes_the_new_one() {
        try (Destination destination = adopted()) {
            publish(destination, FILES, List.of(row("1", "a", "large")));
            write(destination, 200, ChangeScript.inText().move(FILES, row("1", null, null), "5", "b", UNCHANGED));
            assertThat(lines(FILES)).containsExactly("id=1 name=a body=large (deleted)", "id=5 name=b body=large");
        }
    }

    @Test
    default void keys_that_move_in_a_circle_end_up_right() {
        try (Destination destination = adopted()) {
            publish(destination, FILES, List.of(row("1", "one", "x"), row("2", "two", "y")));
            write(destination, 200, ChangeScript.inText()
                    .move(FILES, row("1", null, null), "0", "one", UNCHANGED)
                    .move(FILES, row("2", null, null), "1", "two", UNCHANGED)
                    .move(FILES, row("0", null, null), "2", "one", UNCHANGED));
            assertThat(lines(FILES)).containsExactly("id=0 name=one body=x (deleted)", "id=1 name=two body=y", "id=2 name=one body=x");
        }
    }

    @Test
    default void a_row_is_found_by_its_key_whether_it_came_in_binary_or_as_text() {
        try (Destination destination = adopted()) {
            publish(destination, PLACES, List.of(row("1", "Ann", "1.50"), row("2", "Bob", "-20000.0001"), row("3", "Cid", "0")));
            write(destination, 200, ChangeScript.inText().update(PLACES, "1", "Ada", "1.5").delete(PLACES, "3", null, "0.00"));
            write(destination, 300, ChangeScript.inBinary().update(PLACES, "2", "Ben", "-20000.0001"));
            write(destination, 400, ChangeScript.inBinary().insert(PLACES, "3", "Cat", "0"));
            assertThat(rows(PLACES.table()).orElseThrow()).hasSize(3).noneMatch(row -> row.deleted());
            assertThat(lines(PLACES).stream().map(line -> line.split(" ")[1])).containsExactly("guest=Ada", "guest=Ben", "guest=Cat");
        }
    }

    @Test
    default void a_whole_old_row_is_as_good_as_a_key() {
        try (Destination destination = adopted()) {
            publish(destination, FILES, List.of(row("1", "a", "x"), row("2", "b", "y")));
            write(destination, 200, ChangeScript.inText()
                    .updateWhole(FILES, row("1", "a", "x"), "1", "c", UNCHANGED)
                    .deleteWhole(FILES, "2", "b", "y"));
            assertThat(lines(FILES)).containsExactly("id=1 name=c body=x", "id=2 name=b body=y (deleted)");
        }
    }

    @Test
    default void a_truncate_marks_every_row_of_that_table_and_of_no_other() {
        try (Destination destination = adopted()) {
            publish(destination, FILES, List.of(row("1", "a", "x"), row("2", "b", "y")));
            publish(destination, PLACES, List.of(row("1", "Ann", "1")));
            write(destination, 200, ChangeScript.inText()
                    .insert(FILES, "3", "c", "z")
                    .truncate(FILES)
                    .insert(FILES, "2", "d", "v"));
            assertThat(lines(FILES))
                    .containsExactly("id=1 name=a body=x (deleted)", "id=2 name=d body=v", "id=3 name=c body=z (deleted)");
            assertThat(rows(PLACES.table()).orElseThrow()).noneMatch(row -> row.deleted());
        }
    }

    @Test
    default void what_is_known_of_a_row_before_a_truncate_of_its_batch_is_kept() {
        try (Destination destination = adopted()) {
            publish(destination, FILES, List.of(row("1", "a", "large"), row("2", "b", "y")));
            write(destination, 200, ChangeScript.inText()
                    .update(FILES, "1", "c", UNCHANGED)
                    .delete(FILES, "1", null, null)
                    .update(FILES, "2", "d", UNCHANGED)
                    .truncate(FILES));
            assertThat(lines(FILES)).containsExactly("id=1 name=c body=large (deleted)", "id=2 name=d body=y (deleted)");
        }
    }

    @Test
    default void the_pieces_of_a_large_batch_are_one_batch() {
        try (Destination destination = adopted()) {
            publish(destination, FILES, List.of(row("1", "a", "x")));
            destination.write(ChangeScript.pieces(200, List.of(
                    ChangeScript.inText().update(FILES, "1", "b", UNCHANGED).insert(FILES, "2", "c", "y"),
                    ChangeScript.inText().update(FILES, "2", "d", UNCHANGED).update(FILES, "1", UNCHANGED, "z"))));
            assertThat(lines(FILES)).containsExactly("id=1 name=b body=z", "id=2 name=d body=y");
        }
    }

    @Test
    default void a_table_of_many_columns_keeps_each_unchanged_field() {
        Shapes wide = Shapes.table("public", "wide").column("id", Shapes.INT4);
        for (int i = 1; i <= 150; i++) {
            wide = wide.column("c" + i, Shapes.TEXT);
        }
        Shape shape = wide.key("id").shape();
        String[] first = new String[151];
        String[] second = new String[151];
        for (int i = 0; i < first.length; i++) {
            first[i] = i == 0 ? "1" : "a" + i;
            second[i] = i == 0 ? "1" : i % 3 == 0 ? UNCHANGED : "b" + i;
        }
        try (Destination destination = adopted()) {
            publish(destination, shape, List.of(row(first)));
            write(destination, 200, ChangeScript.inText().update(shape, second));
            assertThat(lines(shape)).singleElement().satisfies(line -> assertThat(line)
                    .contains("c1=b1 c2=b2 c3=a3 ").contains(" c63=a63 c64=b64 ").contains(" c126=a126 c127=b127 ").endsWith(" c150=a150"));
        }
    }

    @Test
    default void changes_of_an_unknown_table_are_dropped() {
        try (Destination destination = adopted()) {
            write(destination, 200, ChangeScript.inText().insert(FILES, "1", "a", "x"));
            publish(destination, FILES, List.of());
            assertThat(lines(FILES)).isEmpty();
        }
    }
}
