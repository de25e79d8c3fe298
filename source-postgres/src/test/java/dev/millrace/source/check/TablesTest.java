package dev.millrace.source.check;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.core.check.Finding;
import dev.millrace.core.check.Outcome;
import dev.millrace.core.check.SetupTest;
import dev.millrace.core.shape.TableName;
import dev.millrace.core.source.Selection;
import dev.millrace.testkit.postgres.TestDatabase;
import dev.millrace.testkit.postgres.TestPostgres;
import java.sql.SQLException;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// What is said of publications, rights and policies.
@SuppressWarnings("NullAway.Init")
class TablesTest {

    private static final String ODD = "Lu\"cky; DROP TABLE mills--";
    private static final TableName MILLS = new TableName("public", "mills");

    private TestDatabase database;
    private Asked.Of of;
    private String user;

    @BeforeEach
    void make() {
        database = TestPostgres.latest().newDatabase();
        user = "Reader's \"%s\"".formatted(database.name());
        database.createUser(user, "pw", "");
        of = Asked.Of.superuser(database);
        database.execute("CREATE TABLE mills (id int PRIMARY KEY, name text, secret text)", "CREATE SCHEMA \"Odd; Place\"",
                "CREATE TABLE \"Odd; Place\".%s (id int PRIMARY KEY, \"Na'me\" text)".formatted(TableName.quote(ODD)));
    }

    @AfterEach
    void drop() {
        database.close();
    }

    private Asked ask(Question question, Asked.Of each) {
        try {
            return each.ask(question);
        } catch (SQLException e) {
            throw new AssertionError(e);
        }
    }

    private Finding publication(Asked.Of each) {
        return ask(new PublicationQuestion(each.settings()), each).worst(SetupTest.PUBLICATION);
    }

    private Asked readable(Asked.Of each) {
        return ask(new ReadableQuestion(each.settings()), each);
    }

    private void mend(Finding finding) {
        database.execute(Asked.statements(finding));
    }

    @Test
    void a_publication_that_is_missing_is_made_by_what_is_said() {
        Finding finding = publication(of);
        assertThat(finding.outcome()).isEqualTo(Outcome.FAILED);
        mend(finding);
        assertThat(publication(of).outcome()).isEqualTo(Outcome.PASSED);
    }

    @Test
    void selected_tables_outside_the_publication_are_named_and_added_by_what_is_said() {
        database.execute("CREATE PUBLICATION pub FOR TABLE mills");
        Finding finding = publication(of);
        assertThat(finding.outcome()).isEqualTo(Outcome.WARNING);
        assertThat(finding.message()).contains("Odd; Place." + ODD);
        TableName odd = new TableName("Odd; Place", ODD);
        Asked.Of named = of.only(Asked.only(Set.of(odd), Set.of()));
        assertThat(publication(named).outcome()).as("a table that the settings name").isEqualTo(Outcome.FAILED);
        assertThat(publication(of.only(Asked.only(Set.of(MILLS), Set.of()))).outcome()).as("one that nobody wants").isEqualTo(Outcome.PASSED);
        mend(finding);
        assertThat(publication(of).outcome()).isEqualTo(Outcome.PASSED);
        assertThat(publication(named).outcome()).isEqualTo(Outcome.PASSED);
    }

    @Test
    void a_table_without_a_key_gets_an_identity_before_it_is_added_so_that_the_source_goes_on_updating_it() {
        database.execute("CREATE TABLE \"page views\" (at int)", "INSERT INTO \"page views\" VALUES (1)", "CREATE PUBLICATION pub FOR TABLE mills");
        Finding finding = publication(of);
        assertThat(finding.message()).contains("public.page views");
        mend(finding);
        assertThat(publication(of).outcome()).isEqualTo(Outcome.PASSED);
        database.execute("UPDATE \"page views\" SET at = 2");
    }

    @Test
    void operations_that_are_left_out_are_named() {
        database.execute("CREATE PUBLICATION pub FOR ALL TABLES WITH (publish = 'insert, update')");
        Finding finding = publication(of);
        assertThat(finding.outcome()).isEqualTo(Outcome.WARNING);
        assertThat(finding.message()).contains("leaves out delete, truncate");
        mend(finding);
        assertThat(publication(of).outcome()).isEqualTo(Outcome.PASSED);
    }

    @Test
    void a_table_whose_updates_the_source_would_refuse_is_told() {
        database.execute("CREATE TABLE \"page views\" (at int)", "CREATE PUBLICATION pub FOR ALL TABLES");
        Finding finding = publication(of);
        assertThat(finding.outcome()).isEqualTo(Outcome.FAILED);
        assertThat(finding.message()).contains("public.page views");
        assertThat(publication(of.only(Asked.only(Set.of(MILLS), Set.of()))).outcome()).isEqualTo(Outcome.WARNING);
        mend(finding);
        assertThat(publication(of).outcome()).isEqualTo(Outcome.PASSED);
    }

    @Test
    void partitions_that_are_shown_instead_of_their_root_are_told() {
        database.execute(
                "CREATE TABLE parts (id int PRIMARY KEY) PARTITION BY RANGE (id)",
                "CREATE TABLE parts_1 PARTITION OF parts FOR VALUES FROM (0) TO (10)",
                "CREATE PUBLICATION pub FOR ALL TABLES");
        Finding finding = publication(of);
        assertThat(finding.outcome()).isEqualTo(Outcome.WARNING);
        assertThat(finding.message()).contains("partitions as tables of their own: public.parts_1");
        mend(finding);
        assertThat(publication(of).outcome()).isEqualTo(Outcome.PASSED);
    }

    @Test
    void row_filters_and_column_lists_are_told_and_are_no_fault() {
        database.execute("CREATE PUBLICATION pub FOR TABLE mills (id, name) WHERE (id > 5)");
        Asked asked = ask(new PublicationQuestion(of.settings()), of.only(Asked.only(Set.of(MILLS), Set.of())));
        assertThat(asked.findings()).extracting(Finding::message).anySatisfy(message -> assertThat(message).contains("row filter for public.mills"))
                .anySatisfy(message -> assertThat(message).contains("lists columns of public.mills"));
    }

    @Test
    void tables_that_may_not_be_read_are_named_and_granted_by_what_is_said() {
        database.execute("CREATE PUBLICATION pub FOR ALL TABLES");
        Asked.Of reader = of.as(user, "pw");
        Finding finding = readable(reader).worst(SetupTest.READABLE);
        assertThat(finding.outcome()).isEqualTo(Outcome.WARNING);
        assertThat(finding.message()).contains("public.mills", "Odd; Place." + ODD);
        assertThat(readable(reader.only(Asked.only(Set.of(MILLS), Set.of()))).outcome()).as("one that the settings name").isEqualTo(Outcome.FAILED);
        mend(finding);
        assertThat(readable(reader).findings()).extracting(Finding::message).containsExactly("The user may read all 2 tables that are selected.");
    }

    @Test
    void columns_that_may_not_be_read_are_named_and_what_is_left_out_is_not_asked_for() {
        database.execute("CREATE PUBLICATION pub FOR TABLE mills", "GRANT SELECT (id) ON mills TO %s".formatted(TableName.quote(user)));
        Selection withoutSecret = Asked.only(Set.of(MILLS), Set.of("secret"));
        Asked.Of reader = of.as(user, "pw").only(withoutSecret);
        Finding finding = readable(reader).of(SetupTest.READABLE).getFirst();
        assertThat(finding.outcome()).isEqualTo(Outcome.WARNING);
        assertThat(finding.message()).contains("public.mills (name)").doesNotContain("secret");
        mend(finding);
        assertThat(readable(reader).outcome()).isEqualTo(Outcome.PASSED);
        assertThat(database.value("SELECT has_column_privilege('%s', 'mills', 'secret', 'SELECT')".formatted(user.replace("'", "''")))).isEqualTo("f");
    }

    @Test
    void looks_at_tables_need_xmin_and_want_ctid() {
        database.execute("GRANT SELECT (id, name, secret) ON mills TO %s".formatted(TableName.quote(user)));
        Asked.Of reader = of.as(user, "pw").by(Asked.XMIN).only(Asked.only(Set.of(MILLS), Set.of()));
        Asked asked = readable(reader);
        assertThat(asked.outcome()).isEqualTo(Outcome.FAILED);
        assertThat(asked.findings()).extracting(Finding::message).anySatisfy(message -> assertThat(message).contains("system column xmin"))
                .anySatisfy(message -> assertThat(message).contains("system column ctid"));
        mend(asked.findings().getFirst());
        assertThat(readable(reader).outcome()).isEqualTo(Outcome.PASSED);
    }

    @Test
    void a_database_without_a_selected_table_is_nothing_to_copy() {
        Asked.Of nothing = of.by(Asked.XMIN).only(Asked.only(Set.of(), Set.of()));
        assertThat(readable(nothing).outcome()).isEqualTo(Outcome.FAILED);
    }

    @Test
    void a_table_that_is_named_and_not_there_is_told_with_the_one_that_was_meant() {
        database.execute("CREATE PUBLICATION pub FOR ALL TABLES");
        TableName misspelt = new TableName("public", "milsl");
        for (Asked.Of each : List.of(of, of.by(Asked.XMIN))) {
            Finding finding = readable(each.only(Asked.only(Set.of(misspelt, MILLS), Set.of()))).worst(SetupTest.READABLE);
            assertThat(finding.outcome()).isEqualTo(Outcome.FAILED);
            assertThat(finding.message()).isEqualTo("public.milsl: The settings name it, and there is no such table. Did you mean `mills`?");
        }
    }

    @Test
    void a_policy_that_hides_rows_is_told_and_what_is_said_lifts_it() {
        database.execute(
                "CREATE PUBLICATION pub FOR TABLE mills",
                "GRANT SELECT ON mills TO PUBLIC",
                "ALTER TABLE mills ENABLE ROW LEVEL SECURITY",
                "CREATE POLICY half ON mills USING (id > 10)");
        Asked.Of reader = of.as(user, "pw");
        Finding finding = ask(new RowSecurityQuestion(reader.settings()), reader).worst(SetupTest.ROW_SECURITY);
        assertThat(finding.outcome()).isEqualTo(Outcome.WARNING);
        assertThat(finding.message()).contains("public.mills");
        mend(finding);
        assertThat(ask(new RowSecurityQuestion(reader.settings()), reader).outcome()).isEqualTo(Outcome.PASSED);
    }

    @Test
    void looks_that_read_every_page_are_warned_of_and_what_is_said_mends_it() {
        database.execute("GRANT SELECT ON mills TO PUBLIC");
        Asked.Of reader = of.as(user, "pw").by(Asked.XMIN);
        Finding finding = ask(new VisibilityQuestion(reader.settings()), reader).worst(SetupTest.XMIN_EXTENSIONS);
        assertThat(finding.outcome()).isEqualTo(Outcome.WARNING);
        assertThat(finding.message()).contains("XMIN extensions are not enabled");
        database.execute(finding.remedy());
        assertThat(ask(new VisibilityQuestion(reader.settings()), reader).outcome()).isEqualTo(Outcome.PASSED);
    }
}
