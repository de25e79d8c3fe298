package dev.millrace.core.naming;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.core.shape.Column;
import dev.millrace.core.shape.Oid;
import dev.millrace.core.shape.RowIdentity;
import dev.millrace.core.shape.Shape;
import dev.millrace.core.shape.SourceType;
import dev.millrace.core.shape.TableName;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ThreadLocalRandom;
import org.junit.jupiter.api.Test;

class GivenNamesTest {

    private static final TableName ORDERS = new TableName("public", "orders");

    /// A destination that takes no notice of case.
    private record CaseInsensitive() implements Identifiers {
        @Override
        public String fold(String name) {
            return name.toLowerCase(Locale.ROOT);
        }

        @Override
        public boolean isOwnTable(String name) {
            return name.startsWith("_copy_of_");
        }

        @Override
        public boolean isOwnColumn(String name) {
            return name.equalsIgnoreCase("_synced");
        }
    }

    private static GivenNames by(Naming naming) {
        return new GivenNames(naming, "t", new CaseInsensitive());
    }

    @Test
    void everybody_whose_name_is_free_has_it_before_anybody_gets_a_number() {
        assertThat(placed(Map.of(), "orders", "Orders", "orders_2"))
                .containsExactly("Orders=t_public.Orders", "orders=t_public.orders_3", "orders_2=t_public.orders_2");
    }

    @Test
    void who_comes_later_gets_a_number_and_who_came_first_keeps_the_name() {
        SortedMap<TableName, TargetNames> given = by(Naming.SOURCE_NAMING).place(Map.of(), List.of(ORDERS));
        assertThat(placed(given, "ORDERS", "orders", "Orders")).containsExactly("ORDERS=t_public.ORDERS_2", "Orders=t_public.Orders_3");
    }

    @Test
    void schemas_that_are_one_to_the_destination_are_two_there() {
        SortedMap<TableName, TargetNames> placed = by(Naming.FIVETRAN_NAMING)
                .place(Map.of(), List.of(new TableName("Sales", "a"), new TableName("sales", "a"), new TableName("_sales", "a")));
        assertThat(placed.values())
                .extracting(names -> names.table().toString())
                .containsExactly("t_sales_2.a", "t_sales_3.a", "t_sales.a");
    }

    @Test
    void a_name_that_the_destination_needs_gets_an_underscore() {
        assertThat(placed(Map.of(), "_copy_of_a")).containsExactly("_copy_of_a=t_public.__copy_of_a");
        assertThat(fitted(Naming.SOURCE_NAMING, columns(), shape("_SYNCED", "__SYNCED")))
                .containsEntry("_SYNCED", "__SYNCED_2")
                .containsEntry("__SYNCED", "__SYNCED");
    }

    @Test
    void a_column_keeps_its_name_when_another_comes_that_would_have_it() {
        TargetNames first = new TargetNames(ORDERS, fitted(Naming.FIVETRAN_NAMING, columns(), shape("userData")));
        assertThat(fitted(Naming.FIVETRAN_NAMING, first, shape("user_data")))
                .containsEntry("userData", "user_data")
                .containsEntry("user_data", "user_data_2");
    }

    @Test
    void a_column_that_is_renamed_and_would_have_the_same_name_keeps_its_place() {
        Shape before = numbered("v");
        Shape after = numbered("V");
        TargetNames given = by(Naming.SOURCE_NAMING).fit(columns(), Optional.empty(), before);
        TargetNames renamed = by(Naming.SOURCE_NAMING).fit(given, Optional.of(before), after);
        assertThat(renamed.columns()).isEqualTo(Map.of("V", "V"));
        assertThat(by(Naming.SOURCE_NAMING).fit(renamed, Optional.of(after), shape("V", "v")).columns())
                .isEqualTo(Map.of("V", "V", "v", "v_2"));
    }

    @Test
    void what_is_not_called_by_the_rules_is_told() {
        TargetNames names = new TargetNames(new TableName("t_public", "orders_2"), new TreeMap<>(Map.of("Id", "id", "id", "id_2")));
        assertThat(by(Naming.FIVETRAN_NAMING).displaced(ORDERS, names))
                .containsExactly(
                        new Displaced(ORDERS, Optional.empty(), "t_public.orders_2"),
                        new Displaced(ORDERS, Optional.of("id"), "id_2"));
    }

    @Test
    void no_two_are_ever_one_and_nothing_given_changes() {
        long seed = Long.getLong("millrace.test.seed", ThreadLocalRandom.current().nextLong());
        System.out.printf("given names: -Dmillrace.test.seed=%d%n", seed);
        Random random = new Random(seed);
        for (Naming naming : Naming.values()) {
            SortedMap<TableName, TargetNames> given = new TreeMap<>();
            TargetNames table = columns();
            for (int i = 0; i < 200; i++) {
                List<TableName> coming = new ArrayList<>();
                Set<String> columns = new HashSet<>();
                for (int j = random.nextInt(5); j >= 0; j--) {
                    coming.add(new TableName(NamingTest.name(random), NamingTest.name(random)));
                    columns.add(NamingTest.name(random));
                }
                SortedMap<TableName, TargetNames> placed = by(naming).place(given, coming);
                coming.removeAll(given.keySet());
                assertThat(placed.keySet()).isEqualTo(Set.copyOf(coming));
                given.putAll(placed);
                TargetNames fitted = by(naming).fit(table, Optional.empty(), shape(columns.toArray(String[]::new)));
                assertThat(fitted.columns()).containsAllEntriesOf(table.columns()).containsKeys(columns.toArray(String[]::new));
                table = fitted;
            }
            assertThat(given.values().stream().map(names -> names.table().toString().toLowerCase(Locale.ROOT))).doesNotHaveDuplicates();
            assertThat(table.columns().values().stream().map(name -> name.toLowerCase(Locale.ROOT))).doesNotHaveDuplicates();
        }
    }

    private static List<String> placed(Map<TableName, TargetNames> given, String... tables) {
        List<TableName> names = List.of(tables).stream().map(table -> new TableName("public", table)).toList();
        return by(Naming.SOURCE_NAMING).place(given, names).entrySet().stream()
                .map(entry -> entry.getKey().table() + "=" + entry.getValue().table())
                .toList();
    }

    private static TargetNames columns() {
        return new TargetNames(ORDERS);
    }

    private static SortedMap<String, String> fitted(Naming naming, TargetNames given, Shape shape) {
        return by(naming).fit(given, Optional.empty(), shape).columns();
    }

    private static Shape shape(String... columns) {
        return new Shape(ORDERS, List.of(columns).stream().map(name -> new Column(name, text())).toList(), new RowIdentity.WholeRow());
    }

    private static Shape numbered(String column) {
        return new Shape(ORDERS, List.of(new Column(column, text(), 1, Optional.empty())), new RowIdentity.WholeRow());
    }

    private static SourceType text() {
        return new SourceType.Scalar(Oid.TEXT, "text", -1, true);
    }
}
