package dev.millrace.core.naming;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import java.util.concurrent.ThreadLocalRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NamingTest {

    private static final String LETTERS = "aAbZ09__ .\"'-é\u0301ÄßŁøЖщьΣαıİ名前😀ﬁ①\uff21½ \u00a0`$";

    @ParameterizedTest
    @CsvSource({
        "orders,orders",
        "userData,user_data",
        "user.data,user_data",
        "UserID,user_id",
        "HTTPServer,http_server",
        "Order Items,order_items",
        "a__b,a_b",
        "2nd,_2nd",
        "_2nd,_2nd",
        "ID2Name,id2_name",
        "Montréal,montreal",
        "Größe,grosse",
        "STRAẞE,strasse",
        "Łódź,lodz",
        "Ærøskøbing,aeroskobing",
        "Заказы,zakazy",
        "Τιμή,timi",
        "ﬁnal①,final1",
        "名前,_",
        "price$,price_",
        "😀,_"
    })
    void a_column_gets_a_plain_name(String source, String name) {
        assertThat(Naming.FIVETRAN_NAMING.column(source)).isEqualTo(name);
        assertThat(Naming.SOURCE_NAMING.column(source)).isEqualTo(source);
    }

    @Test
    void underscores_before_a_letter_go_from_a_table_and_stay_with_a_column() {
        assertThat(Naming.FIVETRAN_NAMING.table("__Orders")).isEqualTo("orders");
        assertThat(Naming.FIVETRAN_NAMING.column("__Orders")).isEqualTo("_orders");
        assertThat(Naming.FIVETRAN_NAMING.table("_1")).isEqualTo("_1");
        assertThat(Naming.FIVETRAN_NAMING.table("\u0301")).isEqualTo("_");
    }

    @Test
    void a_schema_stands_well_behind_its_prefix() {
        assertThat(Naming.FIVETRAN_NAMING.schema("_Sales Data")).isEqualTo("sales_data");
        assertThat(Naming.FIVETRAN_NAMING.schema("2024")).isEqualTo("2024");
    }

    @Test
    void a_name_that_came_from_the_rules_stays_by_them() {
        long seed = Long.getLong("millrace.test.seed", ThreadLocalRandom.current().nextLong());
        System.out.printf("names: -Dmillrace.test.seed=%d%n", seed);
        Random random = new Random(seed);
        for (int i = 0; i < 20_000; i++) {
            String source = name(random);
            for (Naming naming : Naming.values()) {
                assertThat(naming.column(naming.column(source))).as(source).isEqualTo(naming.column(source));
                assertThat(naming.table(naming.table(source))).as(source).isEqualTo(naming.table(source));
                assertThat(naming.schema(naming.schema(source))).as(source).isEqualTo(naming.schema(source));
            }
            assertThat(Naming.FIVETRAN_NAMING.column(source)).as(source).matches("[a-z_][a-z0-9_]*").doesNotContain("__");
        }
    }

    /// Letters that mean something to the rules, and any others.
    static String name(Random random) {
        StringBuilder name = new StringBuilder();
        int letters = 1 + random.nextInt(12);
        for (int i = 0; i < letters; i++) {
            name.appendCodePoint(random.nextInt(4) > 0
                    ? LETTERS.codePointAt(LETTERS.offsetByCodePoints(0, random.nextInt(LETTERS.codePointCount(0, LETTERS.length()))))
                    : 1 + random.nextInt(0xd7ff));
        }
        return name.toString();
    }
}
