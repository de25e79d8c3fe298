package dev.millrace.testkit.contract;

import static dev.millrace.testkit.change.ChangeScript.UNCHANGED;
import static dev.millrace.testkit.change.ChangeScript.copied;
import static dev.millrace.testkit.change.ChangeScript.row;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.core.copy.CopyRows;
import dev.millrace.core.destination.Destination;
import dev.millrace.core.destination.Publication;
import dev.millrace.core.destination.SyncMode;
import dev.millrace.core.fault.Fault;
import dev.millrace.core.fault.FaultKind;
import dev.millrace.core.position.TransactionSnapshot;
import dev.millrace.core.shape.Shape;
import dev.millrace.testkit.change.ChangeScript;
import dev.millrace.testkit.change.Shapes;
import java.util.List;
import org.junit.jupiter.api.Test;

/// How a table's first copy, and every later one, comes to be seen.
public interface CopyContract extends DestinationSubject {

    /// A table with a key.
    Shape BOOKS = Shapes.table("public", "books")
            .column("id", Shapes.INT4)
            .column("title", Shapes.TEXT)
            .key("id")
            .shape();

    @Test
    default void a_table_is_out_of_sight_until_it_is_published() {
        try (Destination destination = adopted()) {
            copy(destination, BOOKS, List.of(row("1", "Emma")));
            assertThat(rows(BOOKS.table())).isEmpty();
            assertThat(destination.publish(BOOKS.table())).isEqualTo(new Publication.Done(1));
            assertThat(lines(BOOKS)).containsExactly("id=1 title=Emma");
        }
    }

    @Test
    default void an_empty_table_exists_once_it_is_published() {
        try (Destination destination = adopted()) {
            publish(destination, BOOKS, List.of());
            assertThat(rows(BOOKS.table())).contains(List.of());
        }
    }

    @Test
    default void names_that_need_quoting_survive() {
        Shape odd = Shapes.table("My \"Schema\"", "a table; with 'quotes' %s")
                .column("Select", Shapes.INT4)
                .column("a \"b\" c's", Shapes.TEXT)
                .column("%d {0} $1", Shapes.NUMERIC)
                .key("Select")
                .shape();
        try (Destination destination = adopted()) {
            publish(destination, odd, List.of(row("1", "one", "1.5")));
            write(destination, 200, ChangeScript.inText().update(odd, "1", UNCHANGED, null).insert(odd, "2", "two", null));
            assertThat(lines(odd)).containsExactly("Select=1 a \"b\" c's=one", "Select=2 a \"b\" c's=two");
        }
    }

    @Test
    default void columns_named_like_the_machinerys_own_are_columns_like_others() {
        Shape keyed = Shapes.table("public", "keyed")
                .column("id", Shapes.INT4)
                .column("rowid", Shapes.TEXT)
                .column("t", Shapes.TEXT)
                .key("id")
                .shape();
        Shape keyless = Shapes.table("public", "keyless")
                .column("rowid", Shapes.TEXT)
                .column("n", Shapes.INT4)
                .column("c0", Shapes.INT4)
                .shape();
        try (Destination destination = adopted()) {
            publish(destination, keyed, List.of(row("1", null, "x")));
            publish(destination, keyless, List.of(row(null, "1", "2"), row("a", "3", null)));
            write(destination, 200, ChangeScript.inText()
                    .update(keyed, "1", UNCHANGED, "y")
                    .deleteWhole(keyless, null, "1", "2"));
            assertThat(lines(keyed)).containsExactly("id=1 t=y");
            assertThat(lines(keyless)).containsExactly("n=1 c0=2 (deleted)", "rowid=a n=3");
        }
    }

    @Test
    default void a_range_that_is_loaded_is_not_read_again() {
        try (Destination destination = adopted()) {
            destination.beginCopy(plan(BOOKS, 1), SyncMode.SOFT_DELETE);
            assertThat(load(destination, BOOKS, 0, copied(BOOKS, List.of(row("1", "Emma"))))).isEqualTo(1);
        }
        try (Destination destination = open()) {
            CopyRows none = () -> {
                throw new AssertionError("read again");
            };
            assertThat(load(destination, BOOKS, 0, none)).isEqualTo(1);
            destination.endCopy(BOOKS.table());
            destination.publish(BOOKS.table());
            assertThat(lines(BOOKS)).containsExactly("id=1 title=Emma");
        }
    }

    @Test
    default void a_range_whose_rows_break_off_leaves_nothing_and_says_why() {
        Fault lost = new Fault(FaultKind.CONNECTION_LOST, "source", "The connection broke.", "Wait.");
        CopyRows first = copied(BOOKS, List.of(row("1", "Emma")));
        CopyRows broken = () -> {
            byte[] row = first.next();
            if (row == null) {
                throw lost;
            }
            return row;
        };
        try (Destination destination = adopted()) {
            destination.beginCopy(plan(BOOKS, 1), SyncMode.SOFT_DELETE);
            assertThatThrownBy(() -> load(destination, BOOKS, 0, broken)).isSameAs(lost);
            load(destination, BOOKS, 0, copied(BOOKS, List.of(row("2", "Persuasion"))));
            destination.endCopy(BOOKS.table());
            destination.publish(BOOKS.table());
            assertThat(lines(BOOKS)).containsExactly("id=2 title=Persuasion");
        }
    }

    @Test
    default void changes_that_came_during_the_copy_are_folded_in_when_it_is_published() {
        try (Destination destination = adopted()) {
            destination.beginCopy(plan(BOOKS, 1), SyncMode.SOFT_DELETE);
            write(destination, 200, ChangeScript.inText().insert(BOOKS, "3", "Sanditon"));
            load(destination, BOOKS, 0, copied(BOOKS, List.of(row("1", "Emma"), row("2", "Persuasion"))));
            destination.endCopy(BOOKS.table());
            write(destination, 300, ChangeScript.inText().update(BOOKS, "1", "Emma!").delete(BOOKS, "2", null));
        }
        try (Destination destination = open()) {
            destination.publish(BOOKS.table());
            assertThat(lines(BOOKS))
                    .containsExactly("id=1 title=Emma!", "id=2 title=Persuasion (deleted)", "id=3 title=Sanditon");
            write(destination, 400, ChangeScript.inText().insert(BOOKS, "4", "Lady Susan"));
            assertThat(lines(BOOKS)).hasSize(4);
        }
    }

    @Test
    default void changes_that_the_copy_has_already_are_not_applied_again() {
        TransactionSnapshot snapshot = TransactionSnapshot.parse("1000:1005:1002");
        try (Destination destination = adopted()) {
            destination.beginCopy(plan(BOOKS, 1), SyncMode.SOFT_DELETE);
            write(destination, 200, ChangeScript.inText()
                    .transaction(999).delete(BOOKS, "1", null)
                    .transaction(1001).delete(BOOKS, "2", null)
                    .transaction(1002).delete(BOOKS, "3", null)
                    .transaction(1005).delete(BOOKS, "4", null));
            var rows = List.of(row("1", "a"), row("2", "b"), row("3", "c"), row("4", "d"));
            destination.load(BOOKS.table(), plan(BOOKS, 1).ranges().getFirst(), snapshot, START, ChangeScript.START, copied(BOOKS, rows));
            destination.endCopy(BOOKS.table());
            destination.publish(BOOKS.table());
            assertThat(lines(BOOKS)).containsExactly("id=1 title=a", "id=2 title=b", "id=3 title=c (deleted)", "id=4 title=d (deleted)");
        }
    }

    @Test
    default void a_change_that_only_some_ranges_saw_is_applied() {
        try (Destination destination = adopted()) {
            destination.beginCopy(plan(BOOKS, 2), SyncMode.SOFT_DELETE);
            write(destination, 200, ChangeScript.inText().transaction(1500).update(BOOKS, "1", "new"));
            var ranges = plan(BOOKS, 2).ranges();
            destination.load(BOOKS.table(), ranges.get(0), SNAPSHOT, START, ChangeScript.START, copied(BOOKS, List.of(row("1", "old"))));
            TransactionSnapshot later = TransactionSnapshot.parse("2000:2000:");
            destination.load(BOOKS.table(), ranges.get(1), later, START, ChangeScript.START, copied(BOOKS, List.of(row("2", "other"))));
            destination.endCopy(BOOKS.table());
            destination.publish(BOOKS.table());
            assertThat(lines(BOOKS)).containsExactly("id=1 title=new", "id=2 title=other");
        }
    }

    @Test
    default void a_copy_that_lacks_a_row_with_unchanged_fields_is_not_published() {
        try (Destination destination = adopted()) {
            publish(destination, BOOKS, List.of(row("9", "before")));
            destination.beginCopy(plan(BOOKS, 1), SyncMode.SOFT_DELETE);
            load(destination, BOOKS, 0, copied(BOOKS, List.of(row("1", "Emma"))));
            write(destination, 200, ChangeScript.inText().update(BOOKS, "7", UNCHANGED));
            destination.endCopy(BOOKS.table());
            assertThat(destination.publish(BOOKS.table())).isEqualTo(new Publication.Incomplete(1));
            assertThat(lines(BOOKS)).containsExactly("id=9 title=before");
            publish(destination, BOOKS, List.of(row("7", "Emma")));
            assertThat(lines(BOOKS)).containsExactly("id=7 title=Emma", "id=9 title=before (deleted)");
        }
    }

    @Test
    default void a_published_table_stays_as_it_is_while_it_is_copied_again() {
        try (Destination destination = adopted()) {
            publish(destination, BOOKS, List.of(row("1", "Emma"), row("2", "Persuasion")));
            destination.beginCopy(plan(BOOKS, 1), SyncMode.SOFT_DELETE);
            write(destination, 200, ChangeScript.inText().update(BOOKS, "1", "Emma!"));
            load(destination, BOOKS, 0, copied(BOOKS, List.of(row("1", "Emma again"))));
            assertThat(lines(BOOKS)).containsExactly("id=1 title=Emma", "id=2 title=Persuasion");
            destination.endCopy(BOOKS.table());
            destination.publish(BOOKS.table());
            assertThat(lines(BOOKS)).containsExactly("id=1 title=Emma!", "id=2 title=Persuasion (deleted)");
        }
    }

    @Test
    default void a_copy_begun_anew_drops_what_the_one_before_has_left() {
        try (Destination destination = adopted()) {
            destination.beginCopy(plan(BOOKS, 2), SyncMode.SOFT_DELETE);
            load(destination, BOOKS, 0, copied(BOOKS, List.of(row("1", "Emma"))));
            write(destination, 200, ChangeScript.inText().insert(BOOKS, "2", "Persuasion"));
            publish(destination, BOOKS, List.of(row("3", "Sanditon")));
            assertThat(lines(BOOKS)).containsExactly("id=3 title=Sanditon");
        }
    }
}
