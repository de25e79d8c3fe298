package dev.millrace.testkit.contract;

import static dev.millrace.testkit.change.ChangeScript.UNCHANGED;
import static dev.millrace.testkit.change.ChangeScript.copied;
import static dev.millrace.testkit.change.ChangeScript.row;
import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.core.destination.Destination;
import dev.millrace.core.destination.SyncMode;
import dev.millrace.core.shape.Shape;
import dev.millrace.testkit.change.ChangeScript;
import dev.millrace.testkit.change.Shapes;
import java.util.List;
import org.junit.jupiter.api.Test;

/// How changes reach a table without a key.
public interface KeylessContract extends DestinationSubject {

    /// A table without a key.
    Shape EVENTS = Shapes.table("public", "events")
            .column("at", Shapes.TIMESTAMP)
            .column("what", Shapes.TEXT)
            .column("much", Shapes.FLOAT8)
            .shape();

    @Test
    default void equal_rows_are_counted() {
        try (Destination destination = adopted()) {
            publish(destination, EVENTS, List.of(row(null, "a", null), row(null, "a", null)));
            write(destination, 200, ChangeScript.inText().insert(EVENTS, null, "a", null));
            assertThat(lines(EVENTS)).containsExactly("what=a", "what=a", "what=a");
        }
    }

    @Test
    default void a_delete_marks_exactly_one_of_several_equal_rows() {
        try (Destination destination = adopted()) {
            publish(destination, EVENTS, List.of(row(null, "a", null), row(null, "a", null), row(null, "b", null)));
            write(destination, 200, ChangeScript.inText().deleteWhole(EVENTS, null, "a", null));
            assertThat(lines(EVENTS)).containsExactly("what=a", "what=a (deleted)", "what=b");
            write(destination, 300, ChangeScript.inText().deleteWhole(EVENTS, null, "a", null));
            assertThat(lines(EVENTS)).containsExactly("what=a (deleted)", "what=a (deleted)", "what=b");
        }
    }

    @Test
    default void an_update_adds_the_new_row_and_marks_one_equal_to_the_old() {
        try (Destination destination = adopted()) {
            publish(destination, EVENTS, List.of(row(null, "a", null), row(null, "a", null)));
            write(destination, 200, ChangeScript.inText()
                    .updateWhole(EVENTS, row(null, "a", null), null, "b", null)
                    .updateWhole(EVENTS, row(null, "b", null), null, "c", null));
            assertThat(lines(EVENTS)).containsExactly("what=a", "what=a (deleted)", "what=b (deleted)", "what=c");
        }
    }

    @Test
    default void an_unchanged_field_is_taken_from_the_old_row() {
        try (Destination destination = adopted()) {
            publish(destination, EVENTS, List.of(row(null, "large", "1")));
            write(destination, 200, ChangeScript.inText().updateWhole(EVENTS, row(null, "large", "1"), null, UNCHANGED, null));
            assertThat(lines(EVENTS)).hasSize(2).contains("what=large");
        }
    }

    @Test
    default void a_row_is_the_same_whether_it_came_in_binary_or_as_text() {
        try (Destination destination = adopted()) {
            List<String> values = List.of("2026-02-03 04:05:06.5", "ä|b", "0.1");
            publish(destination, EVENTS, List.of(row(values.toArray(new String[0])), row(values.toArray(new String[0]))));
            write(destination, 200, ChangeScript.inText().deleteWhole(EVENTS, values.toArray(new String[0])));
            write(destination, 300, ChangeScript.inBinary().deleteWhole(EVENTS, values.toArray(new String[0])));
            assertThat(rows(EVENTS.table()).orElseThrow()).hasSize(2).allMatch(row -> row.deleted());
        }
    }

    @Test
    default void a_null_is_not_an_empty_text() {
        try (Destination destination = adopted()) {
            publish(destination, EVENTS, List.of(row(null, "", null), row(null, null, null)));
            write(destination, 200, ChangeScript.inText().deleteWhole(EVENTS, null, null, null));
            assertThat(lines(EVENTS)).containsExactly(" (deleted)", "what=");
        }
    }

    @Test
    default void a_truncate_marks_what_was_there_and_not_what_comes_after() {
        try (Destination destination = adopted()) {
            publish(destination, EVENTS, List.of(row(null, "a", null)));
            write(destination, 200, ChangeScript.inText()
                    .insert(EVENTS, null, "b", null)
                    .truncate(EVENTS)
                    .insert(EVENTS, null, "b", null));
            assertThat(lines(EVENTS)).containsExactly("what=a (deleted)", "what=b", "what=b (deleted)");
        }
    }

    @Test
    default void what_the_copy_saw_is_not_counted_twice() {
        try (Destination destination = adopted()) {
            destination.beginCopy(plan(EVENTS, 1), SyncMode.SOFT_DELETE);
            write(destination, 200, ChangeScript.inText()
                    .transaction(999).insert(EVENTS, null, "a", null)
                    .transaction(1000).insert(EVENTS, null, "a", null));
            load(destination, EVENTS, 0, copied(EVENTS, List.of(row(null, "a", null))));
            destination.endCopy(EVENTS.table());
            destination.publish(EVENTS.table());
            assertThat(lines(EVENTS)).containsExactly("what=a", "what=a");
        }
    }

    @Test
    default void rows_that_a_new_copy_lacks_are_carried_over_as_deleted() {
        try (Destination destination = adopted()) {
            publish(destination, EVENTS, List.of(row(null, "a", null), row(null, "a", null), row(null, "b", null)));
            publish(destination, EVENTS, List.of(row(null, "a", null), row(null, "c", null)));
            assertThat(lines(EVENTS)).containsExactly("what=a", "what=a (deleted)", "what=b (deleted)", "what=c");
        }
    }
}
