package dev.millrace.testkit.contract;

import static dev.millrace.testkit.change.ChangeScript.UNCHANGED;
import static dev.millrace.testkit.change.ChangeScript.copied;
import static dev.millrace.testkit.change.ChangeScript.row;
import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.core.destination.Destination;
import dev.millrace.core.destination.SourceIdentity;
import dev.millrace.core.destination.SyncMode;
import dev.millrace.core.shape.Column;
import dev.millrace.core.shape.Origin;
import dev.millrace.core.shape.RowIdentity;
import dev.millrace.core.shape.Shape;
import dev.millrace.core.shape.SourceType;
import dev.millrace.core.shape.TableName;
import dev.millrace.testkit.change.ChangeScript;
import dev.millrace.testkit.change.Shapes;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/// How a table follows the shape of its source.
public interface ShapeContract extends DestinationSubject {

    /// The table before anything happens to it.
    Shapes PLAIN = Shapes.table("public", "things").column("id", Shapes.INT4).column("size", Shapes.INT2).key("id");

    @Test
    default void of_rows_that_ended_under_another_key_those_of_one_new_key_do_not_live_again_together() {
        Shapes log = Shapes.table("public", "log").column("a", Shapes.INT4).column("b", Shapes.TEXT);
        Shape keyless = log.shape();
        Shape keyed = log.key("a").shape();
        Shape numbered = log.column("id", Shapes.INT4).key("id").shape();
        try (Destination destination = adopted()) {
            publish(destination, keyless, List.of(row("1", "x"), row("1", "y"), row("2", "z")));
            publish(destination, keyed, List.of(row("2", "z"), row("3", "new")));
            assertThat(living(keyed)).containsExactly("a=2 b=z", "a=3 b=new");
            assertThat(lines(keyed)).anyMatch(line -> line.startsWith("a=1 b=") && line.endsWith("(deleted)"));
            write(destination, 200, ChangeScript.inText().insert(keyed, "1", "back").update(keyed, "2", "zz").delete(keyed, "3", null));
            write(destination, 300, ChangeScript.inText().update(keyed, "1", "again"));
            assertThat(living(keyed)).containsExactly("a=1 b=again", "a=2 b=zz");
            publish(destination, numbered, List.of(row("1", "again", "1"), row("2", "zz", "2")));
            write(destination, 400, ChangeScript.inText().insert(numbered, "7", "seven", "7").update(numbered, "1", "last", "1"));
            assertThat(living(numbered)).containsExactly("a=1 b=last id=1", "a=2 b=zz id=2", "a=7 b=seven id=7");
        }
    }

    private List<String> living(Shape shape) {
        return lines(shape).stream().filter(line -> !line.endsWith("(deleted)")).toList();
    }

    @Test
    default void a_column_added_between_two_rows_is_null_before_and_filled_after() {
        Shape before = PLAIN.shape();
        Shape after = PLAIN.column("colour", Shapes.TEXT).shape();
        try (Destination destination = adopted()) {
            publish(destination, before, List.of(row("1", "10")));
            write(destination, 200, ChangeScript.inText()
                    .insert(before, "2", "20")
                    .insert(after, "3", "30", "red")
                    .update(after, "1", "11", "blue"));
            assertThat(lines(after)).containsExactly("id=1 size=11 colour=blue", "id=2 size=20", "id=3 size=30 colour=red");
            assertThat(destination.recall().tables())
                    .hasEntrySatisfying(after.table(), table -> assertThat(table.shape()).isEqualTo(after));
        }
    }

    @Test
    default void a_column_that_is_gone_stays_and_is_null_from_then_on() {
        Shape after = PLAIN.without("size").shape();
        try (Destination destination = adopted()) {
            publish(destination, PLAIN.shape(), List.of(row("1", "10"), row("2", "20")));
            write(destination, 200, ChangeScript.inText().update(after, "1").insert(after, "3"));
            assertThat(lines(after)).containsExactly("id=1", "id=2 size=20", "id=3");
        }
    }

    /// A shape of `things` that the catalogue confirms: columns by number and name, and the value of older rows for the last one.
    private static Shape confirmed(int columnsEver, String older, String... columns) {
        List<Column> all = new ArrayList<>();
        for (int i = 0; i < columns.length; i += 2) {
            boolean isLast = i == columns.length - 2;
            SourceType type = columns[i + 1].equals("id") ? Shapes.INT4 : Shapes.TEXT;
            Optional<String> initially = isLast && !older.isEmpty() ? Optional.of(older) : Optional.empty();
            all.add(new Column(columns[i + 1], type, Integer.parseInt(columns[i]), initially));
        }
        Origin origin = new Origin(
                16_400,
                false,
                columnsEver,
                all.stream().map(Column::number).toList(),
                List.of(new Origin.File(16_400, 16_400, true)),
                "stamps");
        return new Shape(new TableName("public", "things"), all, new RowIdentity.Keyed(List.of(0)), origin);
    }

    @Test
    default void a_new_copy_in_which_a_column_is_hashed_leaves_nothing_of_what_it_held_in_clear() {
        Shape clear = PLAIN.column("name", Shapes.TEXT).shape();
        Shape hashed = PLAIN.column("name", new SourceType.Hashed(Shapes.TEXT)).shape();
        for (SyncMode mode : SyncMode.values()) {
            try (Destination destination = open()) {
                if (destination.recall().position().isEmpty()) {
                    destination.adopt(new SourceIdentity("7300", "shop"), START);
                }
                destination.beginCopy(plan(clear, 1), mode);
                load(destination, clear, 0, copied(clear, List.of(row("1", "10", "ada"), row("2", "20", "bob"))));
                destination.endCopy(clear.table());
                destination.publish(clear.table());
                destination.beginCopy(plan(hashed, 1), mode);
                assertThat(lines(hashed)).as("at once").isNotEmpty().noneMatch(line -> line.contains("name="));
                load(destination, hashed, 0, copied(hashed, List.of(row("1", "10", "ab12"))));
                destination.endCopy(hashed.table());
                destination.publish(hashed.table());
                assertThat(lines(hashed)).anyMatch(line -> line.startsWith("id=1 size=10 name=ab12")).noneMatch(line -> line.contains("ada") || line.contains("bob"));
                destination.beginCopy(plan(clear, 1), mode);
                assertThat(lines(clear)).as("and back").noneMatch(line -> line.contains("name="));
                destination.forget(clear.table());
            }
        }
    }

    @Test
    default void a_new_copy_in_which_the_key_is_hashed_takes_the_published_table_away() {
        Shape clear = Shapes.table("public", "people").column("id", Shapes.TEXT).column("note", Shapes.TEXT).key("id").shape();
        Shape hashed = Shapes.table("public", "people").column("id", new SourceType.Hashed(Shapes.TEXT)).column("note", Shapes.TEXT).key("id").shape();
        try (Destination destination = adopted()) {
            publish(destination, clear, List.of(row("ada", "x"), row("bob", "y")));
            destination.beginCopy(plan(hashed, 1), SyncMode.SOFT_DELETE);
            assertThat(rows(hashed.table())).isEmpty();
            load(destination, hashed, 0, copied(hashed, List.of(row("ab12", "x"))));
            destination.endCopy(hashed.table());
            destination.publish(hashed.table());
            assertThat(lines(hashed)).containsExactly("id=ab12 note=x");
            write(destination, 200, ChangeScript.inText().update(hashed, "ab12", "z").insert(hashed, "cd34", "w"));
            assertThat(lines(hashed)).containsExactly("id=ab12 note=z", "id=cd34 note=w");
        }
    }

    @Test
    default void a_column_of_the_same_number_and_another_name_is_renamed() {
        Shape before = confirmed(2, "", "1", "id", "2", "size");
        Shape after = confirmed(2, "", "1", "id", "2", "extent");
        try (Destination destination = adopted()) {
            publish(destination, before, List.of(row("1", "small"), row("2", "large")));
            write(destination, 200, ChangeScript.inText().insert(before, "3", "huge").update(after, "1", "tiny"));
            assertThat(lines(after)).containsExactly("id=1 extent=tiny", "id=2 extent=large", "id=3 extent=huge");
            destination.reshape(before);
            assertThat(lines(before)).containsExactly("id=1 size=tiny", "id=2 size=large", "id=3 size=huge");
        }
    }

    /// The log may be far behind a copy: what it says of rows that the copy has is of shapes that the table had before.
    @Test
    default void shapes_that_a_copy_has_left_behind_do_not_come_back_with_the_log() {
        Shape left = confirmed(2, "", "1", "id", "2", "size");
        Shape copied = confirmed(2, "", "1", "id", "2", "extent");
        Shape logged = Shapes.table("public", "things").column("id", Shapes.INT4).column("extent", Shapes.TEXT).key("id").shape();
        try (Destination destination = adopted()) {
            destination.beginCopy(plan(copied, 1), SyncMode.SOFT_DELETE);
            load(destination, copied, 0, ChangeScript.copied(copied, List.of(row("1", "small"), row("2", "large"))));
            write(destination, 200, ChangeScript.inText().transaction(900).update(left, "1", "tiny"));
            write(destination, 300, ChangeScript.inText()
                    .transaction(901).update(logged, "1", "small")
                    .transaction(1500).update(logged, "2", "huge"));
            destination.endCopy(copied.table());
            destination.publish(copied.table());
            assertThat(lines(copied)).containsExactly("id=1 extent=small", "id=2 extent=huge");
        }
    }

    @Test
    default void a_new_column_has_its_value_in_older_rows_that_live() {
        Shape before = confirmed(2, "", "1", "id", "2", "size");
        Shape after = confirmed(3, "red", "1", "id", "2", "size", "3", "colour");
        try (Destination destination = adopted()) {
            publish(destination, before, List.of(row("1", "a"), row("2", "b"), row("3", "c")));
            write(destination, 200, ChangeScript.inText().delete(before, "1", null).insert(after, "4", "d", null).update(after, "2", "e", "blue"));
            assertThat(lines(after))
                    .containsExactly("id=1 size=a (deleted)", "id=2 size=e colour=blue", "id=3 size=c colour=red", "id=4 size=d");
        }
    }

    @Test
    default void a_column_that_has_the_name_of_one_that_is_gone_has_none_of_its_values() {
        Shape before = confirmed(2, "", "1", "id", "2", "size");
        Shape without = confirmed(2, "", "1", "id");
        Shape after = confirmed(3, "", "1", "id", "3", "size");
        try (Destination destination = adopted()) {
            publish(destination, before, List.of(row("1", "a"), row("2", "b")));
            destination.reshape(without);
            write(destination, 200, ChangeScript.inText().update(after, "2", "new"));
            assertThat(lines(after)).containsExactly("id=1", "id=2 size=new");
        }
    }

    @Test
    default void a_row_without_a_key_is_found_when_columns_come_and_go() {
        Shapes before = Shapes.table("public", "log").column("a", Shapes.INT4).column("b", Shapes.TEXT).column("c", Shapes.INT2);
        Shape gone = before.without("b").shape();
        Shape more = before.without("b").retyped("c", Shapes.INT8).column("d", Shapes.TEXT).shape();
        try (Destination destination = adopted()) {
            publish(destination, before.shape(), List.of(row("1", "x", "10"), row("2", "y", "20"), row("3", "z", "30")));
            write(destination, 200, ChangeScript.inText().deleteWhole(before.shape(), "1", "x", "10").deleteWhole(gone, "2", "20"));
            write(destination, 300, ChangeScript.inText().updateWhole(more, row("3", "30", null), "3", "9000000000", "new"));
            assertThat(lines(more)).containsExactly(
                    "a=1 b=x c=10 (deleted)", "a=2 b=y c=20 (deleted)", "a=3 b=z c=30 (deleted)", "a=3 c=9000000000 d=new");
        }
    }

    @Test
    default void a_column_widened_keeps_its_values() {
        try (Destination destination = adopted()) {
            publish(destination, PLAIN.shape(), List.of(row("1", "10")));
            Shape wide = PLAIN.retyped("size", Shapes.INT8).shape();
            write(destination, 200, ChangeScript.inText().insert(wide, "2", "9000000000"));
            assertThat(lines(wide)).containsExactly("id=1 size=10", "id=2 size=9000000000");
            Shape text = PLAIN.retyped("size", Shapes.TEXT).shape();
            write(destination, 300, ChangeScript.inText().insert(text, "3", "large").update(text, "1", UNCHANGED));
            assertThat(lines(text)).containsExactly("id=1 size=10", "id=2 size=9000000000", "id=3 size=large");
        }
    }

    @Test
    default void a_column_narrowed_keeps_the_values_that_are_there() {
        Shape wide = PLAIN.retyped("size", Shapes.INT8).shape();
        try (Destination destination = adopted()) {
            publish(destination, wide, List.of(row("1", "9000000000")));
            write(destination, 200, ChangeScript.inText().insert(PLAIN.shape(), "2", "20"));
            assertThat(lines(wide)).containsExactly("id=1 size=9000000000", "id=2 size=20");
        }
    }

    @Test
    default void a_shape_that_changes_during_the_copy_is_followed_when_it_is_published() {
        Shape after = PLAIN.retyped("size", Shapes.INT8).column("colour", Shapes.TEXT).shape();
        try (Destination destination = adopted()) {
            destination.beginCopy(plan(PLAIN.shape(), 1), SyncMode.SOFT_DELETE);
            load(destination, PLAIN.shape(), 0, copied(PLAIN.shape(), List.of(row("1", "10"))));
            write(destination, 200, ChangeScript.inText().update(PLAIN.shape(), "1", "11").insert(after, "2", "9000000000", "red"));
            destination.endCopy(PLAIN.shape().table());
            destination.publish(PLAIN.shape().table());
            assertThat(lines(after)).containsExactly("id=1 size=11", "id=2 size=9000000000 colour=red");
        }
    }

    @Test
    default void a_new_copy_of_another_shape_keeps_the_columns_of_rows_that_are_carried_over() {
        Shape after = PLAIN.retyped("size", Shapes.TEXT).column("colour", Shapes.TEXT).shape();
        try (Destination destination = adopted()) {
            publish(destination, PLAIN.column("weight", Shapes.INT4).shape(), List.of(row("1", "10", "100"), row("2", "20", "200")));
            publish(destination, after, List.of(row("1", "large", "red")));
            assertThat(rows(after.table()).orElseThrow())
                    .anySatisfy(row -> assertThat(row.values()).containsEntry("colour", "red").containsEntry("size", "large"))
                    .anySatisfy(row -> {
                        assertThat(row.deleted()).isTrue();
                        assertThat(row.values()).containsEntry("id", "2").containsEntry("size", "20").containsEntry("weight", "200");
                    });
        }
    }

    @Test
    default void a_number_that_does_not_fit_its_column_is_kept_exactly() {
        Shape prices = Shapes.table("public", "prices").column("id", Shapes.INT4).column("price", Shapes.NUMERIC).key("id").shape();
        String small = "0.12345678901234567890123456789";
        String large = "12345678901234567890123456789012345678901234567890";
        try (Destination destination = adopted()) {
            publish(destination, prices, List.of(row("1", "1.5"), row("2", small)));
            assertThat(lines(prices)).containsExactly("id=1 price=1.5", "id=2 price=" + small);
            write(destination, 200, ChangeScript.inBinary().insert(prices, "3", large).insert(prices, "4", "NaN"));
            assertThat(lines(prices))
                    .containsExactly("id=1 price=1.5", "id=2 price=" + small, "id=3 price=" + large, "id=4 price=NaN");
        }
    }

    @Test
    default void a_number_that_stops_fitting_while_rows_follow_is_kept_exactly() {
        Shape prices = Shapes.table("public", "prices").column("id", Shapes.INT4).column("price", Shapes.NUMERIC).key("id").shape();
        try (Destination destination = adopted()) {
            publish(destination, prices, List.of(row("1", "1.5")));
            write(destination, 200, ChangeScript.inText().insert(prices, "2", "0.0000000001").update(prices, "1", "2.5"));
            assertThat(lines(prices)).containsExactly("id=1 price=2.5", "id=2 price=0.0000000001");
        }
    }
}
