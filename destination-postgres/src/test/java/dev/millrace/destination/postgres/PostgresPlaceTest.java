package dev.millrace.destination.postgres;

import static dev.millrace.testkit.change.ChangeScript.copied;
import static dev.millrace.testkit.change.ChangeScript.row;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.millrace.core.check.Approvable;
import dev.millrace.core.copy.CopyPlan;
import dev.millrace.core.copy.CopyRange;
import dev.millrace.core.destination.CopyReader;
import dev.millrace.core.destination.MetadataTable;
import dev.millrace.core.destination.MetadataTable.Column;
import dev.millrace.core.destination.MetadataTable.Type;
import dev.millrace.core.destination.PlaceFinding;
import dev.millrace.core.destination.RowSink;
import dev.millrace.core.destination.SourceIdentity;
import dev.millrace.core.destination.StopSignal;
import dev.millrace.core.destination.SyncMode;
import dev.millrace.core.destination.TableMemory;
import dev.millrace.core.fault.Fault;
import dev.millrace.core.position.LogPosition;
import dev.millrace.core.position.Lsn;
import dev.millrace.core.position.TransactionSnapshot;
import dev.millrace.core.route.Route;
import dev.millrace.core.secret.Secret;
import dev.millrace.core.shape.Shape;
import dev.millrace.postgres.dial.PrivateHosts;
import dev.millrace.postgres.session.Login;
import dev.millrace.postgres.session.PostgresEndpoint;
import dev.millrace.postgres.tls.CertificateCheck;
import dev.millrace.postgres.tls.ChannelBinding;
import dev.millrace.postgres.tls.Roots;
import dev.millrace.postgres.tls.TlsMode;
import dev.millrace.postgres.tls.TlsPolicy;
import dev.millrace.testkit.Eventually;
import dev.millrace.testkit.change.ChangeScript;
import dev.millrace.testkit.change.Shapes;
import dev.millrace.testkit.postgres.TestDatabase;
import dev.millrace.testkit.postgres.TestPostgres;
import dev.millrace.testkit.tls.TestAuthority;
import dev.millrace.testkit.tls.TestCertificate;
import dev.millrace.testkit.tls.TlsPostgres;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// What can be asked of a database that copies are kept in, beside the copying itself.
class PostgresPlaceTest {

    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final LogPosition START = new LogPosition(new Lsn(100));
    private static final Shape BOOKS = Shapes.table("public", "books").column("id", Shapes.INT4).column("title", Shapes.TEXT).key("id").shape();

    private final TestDatabase database = TestPostgres.latest().newDatabase();

    @AfterEach
    void drop() {
        database.close();
    }

    private PostgresPlace place() {
        return place(database.user(), database.password());
    }

    private PostgresPlace place(String user, String password) {
        return place(new PostgresEndpoint(database.host(), database.port(), database.name(), user, Secret.of(password), Map.of()));
    }

    private static PostgresPlace place(PostgresEndpoint endpoint) {
        CertificateCheck certificate = new CertificateCheck(endpoint.route(), endpoint.tls(), endpoint.privateHosts(), InstantSource.system());
        return new PostgresPlace(endpoint, Optional.of(certificate), "the warehouse", "shop", PostgresSettings.defaults());
    }

    private static List<String> titles(List<PlaceFinding> findings) {
        return findings.stream().map(PlaceFinding::title).toList();
    }

    private static String unfit(PostgresPlace place, String title) {
        return place.check().stream().filter(finding -> !finding.fit() && finding.title().equals(title)).map(PlaceFinding::message).findFirst().orElse("");
    }

    @Test
    void a_database_that_fits_is_asked_everything_and_nothing_is_made_in_it() {
        assertThat(place().check()).allSatisfy(finding -> assertThat(finding.fit()).as(finding.message()).isTrue());
        assertThat(titles(place().check())).containsExactly("Login", "Version", "Encoding", "Writing", "Rights", "Prefix");
        assertThat(place().reader()).isEmpty();
        assertThat(database.value("SELECT count(*) FROM pg_namespace WHERE nspname LIKE '%millrace%' OR nspname LIKE 'shop%'")).isEqualTo("0");
    }

    @Test
    void what_does_not_fit_is_told_with_what_to_do() {
        assertThat(unfit(place("nobody", "nothing"), "Login")).contains("nobody", "Correct the user and password of the destination");
        database.createUser("guest", "a guest", "");
        database.execute("REVOKE CREATE, TEMPORARY ON DATABASE \"%s\" FROM PUBLIC".formatted(database.name()));
        assertThat(unfit(place("guest", "a guest"), "Rights")).contains("GRANT CONNECT, CREATE, TEMPORARY ON DATABASE", "guest");
        database.execute("ALTER ROLE guest SET default_transaction_read_only = on");
        assertThat(unfit(place("guest", "a guest"), "Writing")).contains("read-only", "Give the primary's address, or reset it");
        try (TestDatabase latin = TestPostgres.latest().newDatabase("ENCODING 'LATIN1' LOCALE 'C' TEMPLATE template0")) {
            PostgresEndpoint endpoint = new PostgresEndpoint(latin.host(), latin.port(), latin.name(), latin.user(), Secret.of(latin.password()), Map.of());
            assertThat(unfit(place(endpoint), "Encoding")).contains("LATIN1", "ENCODING 'UTF8'");
        }
    }

    @Test
    void a_certificate_that_nobody_vouches_for_is_shown_and_approved_by_its_fingerprint() {
        TestCertificate presented = TestAuthority.root("Nobody's").server("localhost");
        try (TlsPostgres server = TlsPostgres.start(17, presented, TestAuthority.root("Clients"))) {
            List<PlaceFinding> findings = place(endpoint(server.database(), Set.of())).check();
            assertThat(titles(findings)).containsExactly("Certificate");
            PlaceFinding unknown = findings.getFirst();
            assertThat(unknown.fit()).isFalse();
            assertThat(unknown.message()).contains("leads to no authority that is believed", "--trust " + presented.fingerprint(0));
            assertThat(unknown.approvable()).extracting(Approvable::fingerprint).contains(presented.fingerprint(0));

            List<PlaceFinding> approved = place(endpoint(server.database(), Set.of(presented.fingerprint(0)))).check();
            assertThat(approved).allSatisfy(finding -> assertThat(finding.fit()).as(finding.message()).isTrue());
            assertThat(titles(approved)).startsWith("Certificate", "Login");
        }
    }

    private static PostgresEndpoint endpoint(TestDatabase database, Set<String> approved) {
        return new PostgresEndpoint(
                Route.straight(database.host(), database.port()),
                database.name(),
                database.user(),
                Login.by(Secret.of(database.password())),
                new TlsPolicy(TlsMode.VERIFY_CA, approved, new Roots.Unsaid(), Optional.empty(), Optional.empty(), ChannelBinding.PREFER),
                PrivateHosts.ALLOW,
                Map.of());
    }

    private void copy() {
        try (PostgresDestination destination = place().open(InstantSource.system())) {
            CopyPlan plan = new CopyPlan(BOOKS, "16400", List.of(new CopyRange(0, BOOKS.table().quoted(), "", 100)), 1000);
            destination.adopt(new SourceIdentity("7300", "shop"), START);
            destination.beginCopy(plan, SyncMode.SOFT_DELETE);
            destination.load(
                    BOOKS.table(), plan.ranges().getFirst(), TransactionSnapshot.parse("1000:1000:"), START, ChangeScript.START,
                    copied(BOOKS, List.of(row("1", "Emma"), row("2", "Persuasion"))));
            destination.endCopy(BOOKS.table());
            destination.publish(BOOKS.table());
            destination.write(ChangeScript.inText().delete(BOOKS, "2", null).batch(200));
        }
    }

    @Test
    void a_reader_recalls_the_copy_counts_its_living_rows_and_gives_up_counting_in_time() {
        copy();
        try (CopyReader reader = place().reader().orElseThrow()) {
            TableMemory books = Objects.requireNonNull(reader.recall().tables().get(BOOKS.table()));
            assertThat(reader.widened()).isEmpty();
            assertThat(reader.liveRows(books, PATIENCE)).hasValue(1);
        }
        database.execute("ALTER TABLE shop_public.books RENAME TO kept");
        database.execute("CREATE VIEW shop_public.books AS SELECT * FROM shop_public.kept WHERE pg_sleep(60) IS NOT NULL");
        try (CopyReader reader = place().reader().orElseThrow()) {
            TableMemory books = Objects.requireNonNull(reader.recall().tables().get(BOOKS.table()));
            assertThat(reader.liveRows(books, Duration.ofMillis(50))).isEmpty();
        }
    }

    /// What a query hands over.
    private static final class Rows implements RowSink {

        private final List<Head> heads = new ArrayList<>();
        private final List<List<@Nullable Object>> rows = new ArrayList<>();

        @Override
        public void heads(List<Head> all) {
            heads.addAll(all);
        }

        @Override
        public void rows(List<List<@Nullable Object>> more) {
            assertThat(more).hasSizeLessThanOrEqualTo(ROWS_MAX);
            rows.addAll(more);
        }
    }

    private Rows ask(String sql) {
        Rows rows = new Rows();
        try (CopyReader reader = place().reader().orElseThrow()) {
            reader.query(sql, rows, new StopSignal());
        }
        return rows;
    }

    private Fault refusal(String sql) {
        return catchThrowableOfType(Fault.class, () -> ask(sql));
    }

    @Test
    void a_persons_query_gets_its_rows_in_order_with_the_databases_names_for_types() {
        copy();
        Rows rows = ask("SELECT id, title, _millrace_deleted, NULL::int AS nothing, 1.50::numeric FROM shop_public.books ORDER BY id");
        assertThat(rows.heads).extracting(RowSink.Head::type).containsExactly("int4", "text", "bool", "int4", "numeric");
        assertThat(rows.rows.getFirst()).containsExactly(1L, "Emma", false, null, "1.50");
        assertThat(ask("SELECT i FROM generate_series(1, 1203) i").rows).hasSize(1203).last().isEqualTo(List.of(1203L));
    }

    @Test
    void a_persons_query_that_would_change_something_or_is_wrong_is_refused_in_their_words() {
        copy();
        assertThat(refusal("DELETE FROM shop_public.books")).hasMessageContaining("would change the copy");
        assertThat(refusal("SELECT 1; COMMIT")).hasMessageContaining("More than one statement");
        assertThat(refusal("COMMIT; DELETE FROM shop_public.books")).hasMessageContaining("More than one statement");
        assertThat(refusal("SELEC 1")).hasMessageContaining("syntax error");
        assertThat(refusal("SELECT * FROM nowhere").remedy()).contains("pg_catalog.pg_tables");
        assertThat(database.value("SELECT count(*) FROM shop_public.books")).isEqualTo("2");
    }

    @Test
    void a_persons_query_ends_at_once_when_nobody_waits_for_it() {
        copy();
        StopSignal stop = new StopSignal();
        try (CopyReader reader = place().reader().orElseThrow()) {
            CompletableFuture<Void> query = CompletableFuture.runAsync(() -> reader.query("SELECT pg_sleep(600)", new Rows(), stop));
            Eventually.within(PATIENCE, () -> assertThat(database.value("SELECT count(*) FROM pg_stat_activity WHERE query LIKE '%pg_sleep(600)' AND state = 'active' AND pid <> pg_backend_pid()"))
                    .isEqualTo("1"));
            stop.give();
            assertThat(query).succeedsWithin(PATIENCE);
        }
        Eventually.within(PATIENCE, () -> assertThat(database.value("SELECT count(*) FROM pg_stat_activity WHERE query LIKE '%pg_sleep(600)' AND pid <> pg_backend_pid()")).isEqualTo("0"));
    }

    @Test
    void tables_about_copies_are_made_grow_and_take_on_columns() {
        Instant at = Instant.parse("2026-11-27T10:00:00.123456Z");
        List<Column> columns = List.of(new Column("id", Type.TEXT), new Column("time", Type.MOMENT), new Column("rows", Type.NUMBER));
        MetadataTable first = new MetadataTable("log", columns, List.of(new MetadataTable.Row("a", at, 1L), new MetadataTable.Row("b", at, null)), true);
        place().writeMetadata("about", List.of(first));
        List<Column> more = List.of(new Column("id", Type.TEXT), new Column("rows", Type.NUMBER), new Column("day", Type.DATE), new Column("fit", Type.FLAG));
        place().writeMetadata("about", List.of(new MetadataTable("log", more, List.of(new MetadataTable.Row("b", 7L, LocalDate.of(2026, 11, 27), true), new MetadataTable.Row("c", 8L, null, false)), true)));
        assertThat(database.query("SELECT id, rows, time IS NULL, day, fit FROM about.log ORDER BY id"))
                .containsExactly(row("a", "1", "f", null, null), row("b", "7", "t", "2026-11-27", "t"), row("c", "8", "t", null, "f"));
        assertThat(place().lastOfMetadata("about", "log", "id")).hasValue("c");
        assertThat(place().lastOfMetadata("about", "other", "id")).isEmpty();
        place().writeMetadata("about", List.of(new MetadataTable("log", more, List.of(new MetadataTable.Row("z", 1L, null, null)), false)));
        assertThat(database.query("SELECT id FROM about.log")).containsExactly(row("z"));
    }
}
