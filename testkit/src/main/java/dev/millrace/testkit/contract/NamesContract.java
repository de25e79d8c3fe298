package dev.millrace.testkit.contract;

import static dev.millrace.testkit.change.ChangeScript.row;
import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.core.destination.Destination;
import dev.millrace.core.naming.TargetNames;
import dev.millrace.core.shape.Shape;
import dev.millrace.core.shape.TableName;
import dev.millrace.testkit.change.ChangeScript;
import dev.millrace.testkit.change.Shapes;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/// What becomes of names that a destination may take for one.
public interface NamesContract extends DestinationSubject {

    /// Two tables, and a third whose name one of them may be given.
    List<Shape> NEAR = List.of(near("public", "Orders"), near("public", "orders"), near("public", "orders_2"));

    private static Shape near(String schema, String table) {
        return Shapes.table(schema, table).column("id", Shapes.INT4).column("note", Shapes.TEXT).key("id").shape();
    }

    @Test
    default void tables_whose_names_differ_only_in_case_are_not_one() {
        try (Destination destination = adopted()) {
            destination.name(NEAR.stream().map(Shape::table).toList());
            for (Shape shape : NEAR) {
                publish(destination, shape, List.of(row("1", shape.table().table())));
            }
            write(destination, 200, ChangeScript.inText().update(NEAR.get(1), "1", "new").insert(NEAR.get(2), "2", "more"));
            assertThat(lines(NEAR.get(0))).containsExactly("id=1 note=Orders");
            assertThat(lines(NEAR.get(1))).containsExactly("id=1 note=new");
            assertThat(lines(NEAR.get(2))).containsExactly("id=1 note=orders_2", "id=2 note=more");
        }
    }

    @Test
    default void schemas_whose_names_differ_only_in_case_are_not_one() {
        Shape upper = near("Sales", "a");
        Shape lower = near("sales", "a");
        try (Destination destination = adopted()) {
            publish(destination, upper, List.of(row("1", "upper")));
            publish(destination, lower, List.of(row("1", "lower")));
            assertThat(lines(upper)).containsExactly("id=1 note=upper");
            assertThat(lines(lower)).containsExactly("id=1 note=lower");
        }
    }

    @Test
    default void columns_whose_names_differ_only_in_case_or_are_ours_are_not_one() {
        Shapes table = Shapes.table("public", "t")
                .column("Id", Shapes.INT4)
                .column("id", Shapes.INT4)
                .column("_millrace_synced", Shapes.TEXT);
        Shape before = table.key("Id").shape();
        Shape after = table.column("ID", Shapes.TEXT).key("Id").shape();
        try (Destination destination = adopted()) {
            publish(destination, before, List.of(row("1", "10", "x"), row("2", "20", "y")));
            write(destination, 200, ChangeScript.inText().update(before, "1", "11", "z").insert(after, "3", "30", "w", "new"));
            assertThat(lines(after))
                    .containsExactly(
                            "Id=1 id=11 _millrace_synced=z",
                            "Id=2 id=20 _millrace_synced=y",
                            "Id=3 id=30 _millrace_synced=w ID=new");
        }
    }

    @Test
    default void names_as_long_as_the_source_has_them_are_not_one() {
        String long1 = "ä".repeat(30) + "one";
        String long2 = "ä".repeat(30) + "two";
        List<Shape> shapes = List.of(named(long1, long1), named(long1, long2), named(long2, long1));
        try (Destination destination = adopted()) {
            for (Shape shape : shapes) {
                publish(destination, shape, List.of(row("1", shape.table().schema(), shape.table().table())));
                publish(destination, shape, List.of(row("1", shape.table().schema(), shape.table().table())));
            }
            write(destination, 200, ChangeScript.inText().insert(shapes.get(1), "2", "more", null));
            assertThat(lines(shapes.get(0))).containsExactly("id=1 %1$s=%1$s %2$s=%1$s".formatted(long1, long2));
            assertThat(lines(shapes.get(1))).containsExactly("id=1 %1$s=%1$s %2$s=%2$s".formatted(long1, long2), "id=2 %s=more".formatted(long1));
            assertThat(lines(shapes.get(2))).containsExactly("id=1 %1$s=%2$s %2$s=%1$s".formatted(long1, long2));
        }
    }

    private static Shape named(String schema, String table) {
        return Shapes.table(schema, table)
                .column("id", Shapes.INT4)
                .column("ä".repeat(30) + "one", Shapes.TEXT)
                .column("ä".repeat(30) + "two", Shapes.TEXT)
                .key("id")
                .shape();
    }

    @Test
    default void a_name_stays_when_the_one_that_came_first_is_gone() {
        Shape first = NEAR.getFirst();
        Shape second = NEAR.get(1);
        Map<TableName, TargetNames> names;
        try (Destination destination = adopted()) {
            publish(destination, first, List.of(row("1", "first")));
            publish(destination, second, List.of(row("1", "second")));
            names = names(destination);
            destination.forget(first.table());
        }
        try (Destination again = open()) {
            assertThat(names(again)).containsEntry(second.table(), names.get(second.table()));
            write(again, 200, ChangeScript.inText().insert(second, "2", "more"));
            publish(again, first, List.of(row("1", "anew")));
            assertThat(names(again)).isEqualTo(names);
            assertThat(lines(first)).containsExactly("id=1 note=anew");
            assertThat(lines(second)).containsExactly("id=1 note=second", "id=2 note=more");
        }
    }

    private static Map<TableName, TargetNames> names(Destination destination) {
        Map<TableName, TargetNames> names = new TreeMap<>();
        destination.recall().tables().forEach((table, known) -> names.put(table, known.names()));
        return names;
    }
}
