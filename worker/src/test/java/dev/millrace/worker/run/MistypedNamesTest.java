package dev.millrace.worker.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.core.fault.Fault;
import dev.millrace.core.fault.FaultKind;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Settings that name tables and columns that are not at the source: the name that was probably meant is told.
class MistypedNamesTest {

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path folder;

    private Followed people(String tables) {
        return Followed.after(
                        folder,
                        "CREATE TABLE people (id int PRIMARY KEY, email text, region text)",
                        "CREATE TABLE audit_log (id int PRIMARY KEY)",
                        "INSERT INTO people VALUES (1, 'one@x', 'EU')")
                .choosing("{tables: " + tables + "}");
    }

    @Test
    void a_column_that_is_to_be_hashed_or_left_out() {
        try (Followed db = people("{people: {columns: {emial: {hashed: true}, Regoin: {enabled: false}, other: {hashed: true}}}}")) {
            db.sync();
            assertThat(db.warnings("people"))
                    .contains(
                            "The settings have column emial hashed, and there is none of that name. Did you mean `email`?",
                            "The settings name column Regoin, and there is none of that name. Did you mean `region`?",
                            "The settings have column other hashed, and there is none of that name.");
        }
    }

    @Test
    void a_table_that_is_to_be_left_out() {
        try (Followed db = people("{audit_logs: {enabled: false}, people: {enabled: true}, quite_another: {enabled: true}}")) {
            db.sync();
            assertThat(db.leftOut()).containsOnlyKeys("audit_logs", "quite_another");
            assertThat(db.leftOut().get("audit_logs")).contains("there is no such table. Did you mean `audit_log`?");
            assertThat(db.leftOut().get("quite_another")).doesNotContain("Did you mean");
        }
    }

    @Test
    void a_table_that_comes_later_is_copied() {
        try (Followed db = people("{late: {columns: {email: {hashed: true}}}}")) {
            db.sync();
            assertThat(db.leftOut()).containsOnlyKeys("late");
            db.source("CREATE TABLE late (id int PRIMARY KEY, email text)", "INSERT INTO late VALUES (1, 'one@x')");
            db.assertEqual();
            assertThat(db.leftOut()).isEmpty();
            assertThat(db.copy("SELECT length(email) FROM t_public.late")).containsExactly("64");
        }
    }

    @Test
    void a_column_of_a_row_filter() {
        try (Followed db = people("{people: {row_filter: [{column: regoin, operator: EQUALS, value: EU}]}}")) {
            assertThatThrownBy(db::sync).isInstanceOfSatisfying(Fault.class, fault -> {
                assertThat(fault.kind()).isEqualTo(FaultKind.SETTINGS_INVALID);
                assertThat(fault.getMessage()).endsWith("Did you mean `region`?");
            });
        }
    }
}
