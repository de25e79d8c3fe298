package dev.millrace.worker.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.testkit.postgres.OnVersions;
import dev.millrace.testkit.postgres.TestDatabase;
import dev.millrace.testkit.postgres.TestPostgres;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;

/// Money by itself and within other values.
class MoneyTest {

    private static final String ROW = "ROW('a $1.00', v, ARRAY[v, NULL], moneyrange(v, NULL))::priced";

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path folder;

    @Tag("duckdb")
    @OnVersions({13, 17})
    void an_amount_is_the_same_number_by_itself_and_within_others(int version) {
        check(folder, "C", "0.05", "-12345.67", version);
    }

    /// Copies and follows two amounts in every place that they can have, in a database of a locale.
    static void check(Path folder, String locale, String small, String large, int version) {
        TestDatabase source = TestPostgres.version(version).newDatabase();
        source.execute(
                "ALTER DATABASE %s SET lc_monetary = '%s'".formatted(source.name(), locale),
                "SET lc_monetary = '%s'".formatted(locale));
        try (Followed db = Followed.published(
                source,
                folder,
                "FOR ALL TABLES",
                "CREATE TYPE moneyrange AS RANGE (subtype = money)",
                "CREATE TYPE priced AS (name text, price money, steps money[], valid moneyrange)",
                "CREATE TABLE prices (id int PRIMARY KEY, v money, l money[], m money[], r moneyrange, p priced, ps priced[])",
                "INSERT INTO prices (id, v) VALUES (1, '%s'::numeric::money), (2, '%s'::numeric::money)".formatted(small, large),
                "UPDATE prices SET l = ARRAY[v, NULL], m = ARRAY[ARRAY[v], ARRAY[v]], r = moneyrange(v, NULL), p = %1$s, ps = ARRAY[%1$s]"
                        .formatted(ROW))) {
            assertAmounts(db, small, large);
            db.source("UPDATE prices SET id = id + 10");
            assertAmounts(db, small, large);
            // The log is text from here on.
            db.source(
                    "CREATE TABLE named (id int PRIMARY KEY, v regclass)",
                    "INSERT INTO named VALUES (1, 'prices')",
                    "UPDATE prices SET id = id + 10");
            assertAmounts(db, small, large);
        }
    }

    private static void assertAmounts(Followed db, String small, String large) {
        db.assertEqual();
        for (String column : List.of(
                "v", "l[1]", "split_part(m, '}', 1)[3:]", "r->>'start_value'", "p->>'price'", "p->'steps'->>0", "ps->0->>'price'")) {
            assertThat(db.copy("SELECT %s FROM t_public.prices WHERE NOT _millrace_deleted ORDER BY id".formatted(column)))
                    .as(column)
                    .containsExactly(small, large);
        }
        assertThat(db.copy("SELECT p->>'valid' FROM t_public.prices WHERE NOT _millrace_deleted ORDER BY id"))
                .containsExactly("[" + small + ",)", "[" + large + ",)");
    }
}
