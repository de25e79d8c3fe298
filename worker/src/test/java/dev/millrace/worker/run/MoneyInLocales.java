package dev.millrace.worker.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.testkit.postgres.TestPostgres;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// [MoneyTest] in databases whose locale gives money other decimals, and where that changes. Needs the locales `ja_JP.UTF-8` and `ar_BH.UTF-8`
/// on this machine, so it runs in the profile `locales` only.
class MoneyInLocales {

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path folder;

    @ParameterizedTest
    @CsvSource({"ja_JP.UTF-8,5,-1234567,17", "ar_BH.UTF-8,0.005,-1234.567,17", "ja_JP.UTF-8,5,-1234567,13"})
    void an_amount_is_the_same_number_by_itself_and_within_others(String locale, String small, String large, int version) {
        MoneyTest.check(folder, locale, small, large, version);
    }

    @Test
    void a_locale_that_changes_has_tables_with_money_copied_again() {
        try (Followed db = Followed.published(
                TestPostgres.latest().newDatabase(),
                folder,
                "FOR ALL TABLES",
                "CREATE TABLE prices (id int PRIMARY KEY, v money, l money[])",
                "INSERT INTO prices VALUES (1, 5, '{7}')")) {
            db.assertEqual();
            db.source("ALTER DATABASE %s SET lc_monetary = 'ja_JP.UTF-8'".formatted(db.source.name()));
            db.sync();
            assertThat(db.begunAnew()).containsOnlyKeys("prices");
            db.assertCompared();
            assertThat(db.copy("SELECT v::INT, l[1]::INT FROM t_public.prices WHERE NOT _millrace_deleted")).containsExactly("500,700");
        }
    }
}
