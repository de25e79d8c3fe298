package dev.millrace.testkit.contract;

import static dev.millrace.testkit.change.ChangeScript.copied;
import static dev.millrace.testkit.change.ChangeScript.row;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.core.change.Batch;
import dev.millrace.core.destination.Destination;
import dev.millrace.core.destination.Memory;
import dev.millrace.core.destination.Receipt;
import dev.millrace.core.destination.SourceIdentity;
import dev.millrace.core.destination.SyncMode;
import dev.millrace.core.destination.TableMemory.FinishedRange;
import dev.millrace.core.destination.TableMemory;
import dev.millrace.core.destination.TableState;
import dev.millrace.core.position.LogPosition;
import dev.millrace.core.position.Lsn;
import dev.millrace.core.position.ScanPosition;
import dev.millrace.core.shape.Shape;
import dev.millrace.testkit.change.ChangeScript;
import dev.millrace.testkit.change.FailingBatch;
import dev.millrace.testkit.change.Shapes;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/// What a destination remembers, and what a restart finds.
public interface MemoryContract extends DestinationSubject {

    /// A table with a key.
    Shape ORDERS = Shapes.table("public", "orders")
            .column("id", Shapes.INT4)
            .column("note", Shapes.TEXT)
            .key("id")
            .shape();

    @Test
    default void a_new_destination_remembers_nothing() {
        try (Destination destination = open()) {
            assertThat(destination.recall()).isEqualTo(Memory.empty());
        }
    }

    @Test
    default void the_salt_is_the_same_after_a_restart() {
        byte[] salt;
        try (Destination destination = adopted()) {
            salt = destination.salt().reveal();
        }
        try (Destination again = open()) {
            assertThat(again.salt().reveal()).isEqualTo(salt);
        }
    }

    @Test
    default void the_source_and_the_start_are_remembered_across_a_restart() {
        adopted().close();
        try (Destination again = open()) {
            assertThat(again.recall().source()).contains(new SourceIdentity("7300", "shop"));
            assertThat(again.recall().position()).contains(START);
        }
    }

    @Test
    default void the_position_read_back_is_the_one_last_committed() {
        try (Destination destination = adopted()) {
            publish(destination, ORDERS, List.of());
            write(destination, 200, ChangeScript.inText().insert(ORDERS, "1", "one"));
            write(destination, 300, ChangeScript.inText());
        }
        try (Destination again = open()) {
            Memory memory = again.recall();
            assertThat(memory.position()).contains(new LogPosition(new Lsn(300)));
            assertThat(memory.committedAt()).isPresent();
            assertThat(lines(ORDERS)).containsExactly("id=1 note=one");
        }
    }

    @Test
    default void one_table_is_recalled_as_all_of_them_are_whatever_happens_to_it() {
        Shape books = Shapes.table("public", "books").column("id", Shapes.INT4).column("title", Shapes.TEXT).key("id").shape();
        try (Destination destination = adopted()) {
            assertRecalledAlike(destination, ORDERS);
            publish(destination, books, List.of(row("1", "Emma")));
            destination.beginCopy(plan(ORDERS, 2), SyncMode.LIVE);
            assertRecalledAlike(destination, ORDERS);
            load(destination, ORDERS, 0, copied(ORDERS, List.of(row("1", "one"))));
            assertThat(destination.recall(ORDERS.table()).orElseThrow().finished()).containsOnlyKeys(0);
            write(destination, 200, ChangeScript.inText().insert(books, "2", "Persuasion").insert(ORDERS, "3", "three"));
            load(destination, ORDERS, 1, copied(ORDERS, List.of(row("2", "two"))));
            destination.endCopy(ORDERS.table());
            assertRecalledAlike(destination, ORDERS);
            destination.publish(ORDERS.table());
            destination.convert(ORDERS.table(), SyncMode.SOFT_DELETE);
            destination.requestCopy(books.table());
            assertRecalledAlike(destination, ORDERS);
            assertRecalledAlike(destination, books);
            destination.forget(ORDERS.table());
            assertThat(destination.recall(ORDERS.table())).isEmpty();
            assertThat(destination.recall().tables()).containsOnlyKeys(books.table());
        }
    }

    private static void assertRecalledAlike(Destination destination, Shape shape) {
        Optional<TableMemory> one = destination.recall(shape.table());
        assertThat(one).isEqualTo(Optional.ofNullable(destination.recall().tables().get(shape.table())));
    }

    @Test
    default void a_restart_moves_to_another_kind_of_position_and_asks_for_every_copy_while_what_is_there_stays() {
        ScanPosition scan = new ScanPosition(0, 1, SNAPSHOT);
        try (Destination destination = adopted()) {
            publish(destination, ORDERS, List.of());
            write(destination, 200, ChangeScript.inText().insert(ORDERS, "1", "one"));
            destination.restart(scan);
        }
        try (Destination again = open()) {
            assertThat(again.recall().position()).contains(scan);
            assertThat(table(again).copyRequested()).isTrue();
            assertThat(lines(ORDERS)).containsExactly("id=1 note=one");
            ScanPosition next = new ScanPosition(1, 1, SNAPSHOT);
            try (Batch batch = Batch.empty(next)) {
                assertThat(again.write(batch)).isEqualTo(new Receipt(next));
            }
        }
    }

    @Test
    default void a_batch_that_does_not_lie_behind_the_position_is_refused() {
        try (Destination destination = adopted()) {
            publish(destination, ORDERS, List.of());
            write(destination, 200, ChangeScript.inText().insert(ORDERS, "1", "one"));
            assertThatThrownBy(() -> write(destination, 200, ChangeScript.inText().insert(ORDERS, "2", "two")))
                    .isInstanceOf(IllegalStateException.class);
            assertThat(lines(ORDERS)).containsExactly("id=1 note=one");
        }
    }

    @Test
    default void a_batch_that_fails_halfway_leaves_nothing_behind() {
        try (Destination destination = adopted()) {
            publish(destination, ORDERS, List.of());
            var first = ChangeScript.inText().insert(ORDERS, "1", "one").changes();
            assertThatThrownBy(() -> destination.write(new FailingBatch(first, new Lsn(200))))
                    .hasMessage(FailingBatch.MESSAGE);
            assertThat(lines(ORDERS)).isEmpty();
            assertThat(destination.recall().position()).contains(START);
            write(destination, 200, ChangeScript.inText().insert(ORDERS, "1", "one"));
            assertThat(lines(ORDERS)).containsExactly("id=1 note=one");
        }
    }

    @Test
    default void a_table_goes_through_its_states_and_keeps_them_across_restarts() {
        try (Destination destination = adopted()) {
            destination.beginCopy(plan(ORDERS, 2), SyncMode.SOFT_DELETE);
        }
        try (Destination destination = open()) {
            TableMemory begun = table(destination);
            assertThat(begun.state()).isEqualTo(TableState.COPYING);
            assertThat(begun.plan()).contains(plan(ORDERS, 2));
            assertThat(begun.published()).isFalse();
            load(destination, ORDERS, 1, copied(ORDERS, List.of(row("1", "one"))));
        }
        try (Destination destination = open()) {
            assertThat(table(destination).finished()).isEqualTo(Map.of(1, new FinishedRange(SNAPSHOT, START, 1)));
            load(destination, ORDERS, 0, copied(ORDERS, List.of(row("2", "two"))));
            destination.endCopy(ORDERS.table());
            assertThat(table(destination).state()).isEqualTo(TableState.CATCHING_UP);
        }
        try (Destination destination = open()) {
            destination.publish(ORDERS.table());
            TableMemory published = table(destination);
            assertThat(published.state()).isEqualTo(TableState.STREAMING);
            assertThat(published.published()).isTrue();
            assertThat(published.plan()).isEmpty();
            assertThat(published.finished()).isEmpty();
            assertThat(published.rows()).isEqualTo(2);
            assertThat(lines(ORDERS)).containsExactly("id=1 note=one", "id=2 note=two");
        }
    }

    private static TableMemory table(Destination destination) {
        TableMemory known = destination.recall().tables().get(ORDERS.table());
        if (known == null) {
            throw new AssertionError("nothing is remembered of " + ORDERS.table());
        }
        return known;
    }

    @Test
    default void a_requested_copy_is_remembered_until_it_begins() {
        try (Destination destination = adopted()) {
            publish(destination, ORDERS, List.of(row("1", "one")));
            assertThat(table(destination).copyRequested()).isFalse();
            destination.requestCopy(ORDERS.table());
        }
        try (Destination destination = open()) {
            assertThat(table(destination).copyRequested()).isTrue();
            assertThat(table(destination).state()).isEqualTo(TableState.STREAMING);
            destination.beginCopy(plan(ORDERS, 1), SyncMode.SOFT_DELETE);
            assertThat(table(destination).copyRequested()).isFalse();
        }
    }

    @Test
    default void a_forgotten_table_keeps_its_published_rows_and_gets_no_more() {
        try (Destination destination = adopted()) {
            publish(destination, ORDERS, List.of(row("1", "one")));
            destination.forget(ORDERS.table());
            write(destination, 200, ChangeScript.inText().insert(ORDERS, "2", "two"));
            assertThat(destination.recall().tables()).isEmpty();
            assertThat(lines(ORDERS)).containsExactly("id=1 note=one");
        }
    }
}
