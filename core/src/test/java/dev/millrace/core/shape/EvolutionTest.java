package dev.millrace.core.shape;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class EvolutionTest {

    private static final Shape BEFORE = shape(16_400, 2, "before", List.of(file(16_400, 1)), "1 id", "2 v");

    private static Shape shape(int relation, int ever, String stamps, List<Origin.File> files, String... columns) {
        List<Column> all = new ArrayList<>();
        for (String column : columns) {
            String[] parts = column.split(" ");
            Optional<String> older = parts.length > 2 ? Optional.of(parts[2]) : Optional.empty();
            SourceType text = new SourceType.Scalar(Oid.TEXT, "text", -1, true);
            boolean hashed = parts[1].startsWith("#");
            String name = hashed ? parts[1].substring(1) : parts[1];
            all.add(new Column(name, hashed ? new SourceType.Hashed(text) : text, Integer.parseInt(parts[0]), older));
        }
        List<Integer> numbers = all.stream().map(Column::number).toList();
        boolean partitioned = files.stream().noneMatch(file -> file.relation() == relation);
        Origin origin = new Origin(relation, partitioned, ever, numbers, files, stamps);
        return new Shape(new TableName("public", "t"), all, new RowIdentity.Keyed(List.of(0)), origin);
    }

    private static Origin.File file(int relation, long node) {
        return new Origin.File(relation, node, true);
    }

    private static Optional<String> obstacle(int ever, String... columns) {
        return Evolution.obstacle(BEFORE, shape(16_400, ever, "after", List.of(file(16_400, 1)), columns));
    }

    @Test
    void columns_that_are_added_renamed_or_dropped_are_followed_in_place() {
        assertThat(obstacle(2, "1 id", "2 v")).isEmpty();
        assertThat(obstacle(4, "1 id", "2 v", "3 a", "4 b older")).isEmpty();
        assertThat(obstacle(2, "1 key", "2 w")).isEmpty();
        assertThat(obstacle(2, "1 id")).isEmpty();
        assertThat(obstacle(3, "1 id", "2 w", "3 v")).as("another takes the name of a renamed one").isNotEmpty();
    }

    @Test
    void what_the_numbers_do_not_prove_is_copied_again() {
        assertThat(obstacle(3, "1 id", "3 v").orElseThrow()).contains("dropped and added again");
        assertThat(obstacle(4, "1 id", "2 v", "4 a").orElseThrow()).contains("added and dropped");
        assertThat(Evolution.obstacle(shape(16_400, 3, "before", List.of(file(16_400, 1)), "1 id", "2 v"),
                        shape(16_400, 3, "after", List.of(file(16_400, 1)), "1 id", "2 v", "3 a"))
                .orElseThrow())
                .contains("was not copied");
    }

    @Test
    void rewritten_values_another_key_and_another_table_are_copied_again() {
        assertThat(Evolution.obstacle(BEFORE, shape(16_400, 2, "after", List.of(file(16_400, 2)), "1 id", "2 v"))).isNotEmpty();
        assertThat(Evolution.obstacle(BEFORE, shape(16_400, 2, "before", List.of(file(16_400, 2)), "1 id", "2 v"))).isEmpty();
        assertThat(Evolution.obstacle(BEFORE, shape(16_500, 2, "before", List.of(file(16_500, 1)), "1 id", "2 v"))).isNotEmpty();
        assertThat(obstacle(2, "2 v", "1 id").orElseThrow()).contains("another key");
    }

    @Test
    void a_column_that_is_hashed_or_is_not_any_more_is_copied_again() {
        assertThat(obstacle(2, "1 id", "2 #v").orElseThrow()).contains("Column v is to be hashed");
        assertThat(obstacle(2, "1 #id", "2 v").orElseThrow()).contains("Column id is to be hashed");
        assertThat(obstacle(2, "1 id", "2 #w").orElseThrow()).as("renamed at once").contains("Column w is to be hashed");
        Shape hashed = shape(16_400, 2, "before", List.of(file(16_400, 1)), "1 id", "2 #v");
        assertThat(Evolution.obstacle(hashed, BEFORE).orElseThrow()).contains("in clear from now on");
        assertThat(Evolution.obstacle(hashed, shape(16_400, 3, "before", List.of(file(16_400, 1)), "1 id", "2 #w", "3 #new"))).isEmpty();
        Shape logged = new Shape(BEFORE.table(), hashed.columns().stream().map(c -> new Column(c.name(), c.type())).toList(), BEFORE.identity());
        assertThat(Evolution.obstacle(BEFORE, logged)).as("known by name where numbers are not").isNotEmpty();
        assertThat(Evolution.rehashed(Optional.of(BEFORE), shape(16_400, 2, "", List.of(), "1 id", "2 #w"))).containsExactly("w", "v");
        assertThat(Evolution.rehashed(Optional.empty(), hashed)).containsExactly("v");
        assertThat(Evolution.rehashed(Optional.of(hashed), hashed)).isEmpty();
    }

    @Test
    void a_table_of_which_other_rows_are_wanted_is_copied_again() {
        RowFilter filter = new RowFilter(List.of(new RowFilter.Condition("v", RowFilter.Operator.EQUALS, List.of("1"))));
        assertThat(Evolution.obstacle(BEFORE, BEFORE.withFilter(filter))).contains("Its row filter was changed.");
        assertThat(Evolution.obstacle(BEFORE.withFilter(filter), BEFORE.withFilter(filter))).isEmpty();
        Shape number = new Shape(
                BEFORE.table(),
                List.of(BEFORE.columns().getFirst(), new Column("v", new SourceType.Scalar(Oid.INT4, "int4", -1, true), 2, Optional.empty())),
                BEFORE.identity(),
                BEFORE.origin(),
                filter);
        assertThat(Evolution.obstacle(BEFORE.withFilter(filter), number).orElseThrow()).contains("The type of column v");
        assertThat(BEFORE.recognize(BEFORE.withFilter(filter)).filter()).isEqualTo(filter);
    }

    @Test
    void partitions_may_be_made_and_nothing_else() {
        Shape two = shape(1, 1, "", List.of(file(2, 2), file(3, 3)), "1 id");
        assertThat(Evolution.obstacle(two, shape(1, 1, "", List.of(file(2, 2), file(3, 3), file(4, 4)), "1 id"))).isEmpty();
        assertThat(Evolution.obstacle(two, shape(1, 1, "", List.of(file(2, 2)), "1 id"))).isNotEmpty();
        assertThat(Evolution.obstacle(two, shape(1, 1, "", List.of(file(2, 2), file(3, 5)), "1 id"))).isNotEmpty();
        Origin.File attached = new Origin.File(4, 4, false);
        assertThat(Evolution.obstacle(two, shape(1, 1, "", List.of(file(2, 2), file(3, 3), attached), "1 id"))).isNotEmpty();
    }

    @Test
    void a_shape_of_which_only_the_log_told_takes_over_what_was_known() {
        Shape logged = new Shape(BEFORE.table(), List.of(new Column("v", BEFORE.columns().getFirst().type())), new RowIdentity.WholeRow());
        Shape recognized = logged.recognize(BEFORE);
        assertThat(recognized.columns().getFirst().number()).isEqualTo(2);
        assertThat(recognized.origin()).isEqualTo(BEFORE.origin());
        assertThat(Evolution.obstacle(BEFORE, logged)).isEmpty();
    }

    @Test
    void a_shape_is_read_back_as_it_was_written() {
        Shape shape = shape(16_400, 9, "stamps", List.of(file(16_400, 1), new Origin.File(5, 6, false)), "1 id", "7 v ü", "9 #h");
        RowFilter filter = new RowFilter(List.of(
                new RowFilter.Condition("id", RowFilter.Operator.IN, List.of("a", "ü")),
                new RowFilter.Condition("v", RowFilter.Operator.IS_NULL, List.of())));
        assertThat(ShapeCodec.decode(ShapeCodec.encode(shape))).isEqualTo(shape);
        assertThat(ShapeCodec.decode(ShapeCodec.encode(shape.withFilter(filter)))).isEqualTo(shape.withFilter(filter));
    }
}
