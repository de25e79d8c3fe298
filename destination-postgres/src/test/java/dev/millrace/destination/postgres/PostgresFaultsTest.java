package dev.millrace.destination.postgres;

import static dev.millrace.testkit.change.ChangeScript.copied;
import static dev.millrace.testkit.change.ChangeScript.row;
import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.core.change.Batch;
import dev.millrace.core.change.Piece;
import dev.millrace.core.copy.CopyPlan;
import dev.millrace.core.copy.CopyRange;
import dev.millrace.core.destination.Destination;
import dev.millrace.core.destination.SourceIdentity;
import dev.millrace.core.destination.SyncMode;
import dev.millrace.core.fault.Fault;
import dev.millrace.core.fault.FaultKind;
import dev.millrace.core.position.LogPosition;
import dev.millrace.core.position.Lsn;
import dev.millrace.core.position.TransactionSnapshot;
import dev.millrace.core.secret.Secret;
import dev.millrace.core.shape.Shape;
import dev.millrace.postgres.session.PostgresEndpoint;
import dev.millrace.testkit.Eventually;
import dev.millrace.testkit.change.ChangeScript;
import dev.millrace.testkit.change.ScriptedBatch;
import dev.millrace.testkit.change.Shapes;
import dev.millrace.testkit.postgres.DedicatedPostgres;
import dev.millrace.testkit.postgres.TestDatabase;
import dev.millrace.testkit.postgres.TestPostgres;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.InstantSource;
import java.util.AbstractList;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// What goes wrong at a destination: each time a remedy is said, nothing is half-written, and the destination goes on once it is mended.
class PostgresFaultsTest {

    private static final LogPosition START = new LogPosition(new Lsn(100));
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final Shape BOOKS = Shapes.table("public", "books").column("id", Shapes.INT4).column("title", Shapes.TEXT).key("id").shape();

    private final TestDatabase database = TestPostgres.latest().newDatabase();

    @AfterEach
    void drop() {
        database.close();
    }

    private PostgresDestination open(String user, String password) {
        return open(new PostgresEndpoint(database.host(), database.port(), database.name(), user, Secret.of(password), Map.of()));
    }

    private static PostgresDestination open(PostgresEndpoint endpoint) {
        return PostgresDestination.open(endpoint, "the warehouse", "shop", PostgresSettings.defaults(), InstantSource.system());
    }

    private PostgresDestination open() {
        return open(database.user(), database.password());
    }

    private static CopyPlan plan() {
        return new CopyPlan(BOOKS, "16400", List.of(new CopyRange(0, BOOKS.table().quoted(), "", 100)), 1000);
    }

    private static void load(Destination destination) {
        destination.load(
                BOOKS.table(), plan().ranges().getFirst(), TransactionSnapshot.parse("1000:1000:"), START, ChangeScript.START, copied(BOOKS, List.of(row("1", "Emma"))));
    }

    private static void publish(Destination destination) {
        destination.adopt(new SourceIdentity("7300", "shop"), START);
        destination.beginCopy(plan(), SyncMode.SOFT_DELETE);
        load(destination);
        destination.endCopy(BOOKS.table());
        destination.publish(BOOKS.table());
    }

    private static void write(Destination destination, long through, String id) {
        destination.write(ChangeScript.inText().insert(BOOKS, id, "more").batch(through));
    }

    private static Fault faultOf(Runnable work) {
        try {
            work.run();
        } catch (Fault e) {
            return e;
        }
        throw new AssertionError("no fault");
    }

    private List<String> ids() {
        return database.query("SELECT id FROM shop_public.books ORDER BY 1").stream().map(row -> String.valueOf(row.getFirst())).toList();
    }

    private void endSessions(String user) {
        database.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = '%s' AND application_name = 'millrace' AND datname = current_database()"
                .formatted(user));
    }

    /// A batch of two pieces, between which something happens.
    private static Batch interrupted(long through, Runnable between) {
        Batch whole = ChangeScript.pieces(
                through, List.of(ChangeScript.inText().insert(BOOKS, "2", "two"), ChangeScript.inText().insert(BOOKS, "3", "three")));
        List<Piece> pieces = new ArrayList<>();
        whole.pieces().forEach(pieces::add);
        return new ScriptedBatch(
                new AbstractList<>() {
                    @Override
                    public Piece get(int index) {
                        if (index == 1) {
                            between.run();
                        }
                        return pieces.get(index);
                    }

                    @Override
                    public int size() {
                        return pieces.size();
                    }
                },
                new LogPosition(new Lsn(through)));
    }

    @Test
    void a_session_that_is_ended_in_the_middle_of_a_batch_leaves_nothing_and_the_next_goes_on() {
        try (PostgresDestination destination = open()) {
            publish(destination);
            Fault fault = faultOf(() -> destination.write(interrupted(200, () -> endSessions(database.user()))));
            assertThat(fault.kind()).isEqualTo(FaultKind.CONNECTION_LOST);
            assertThat(destination.recall().position()).contains(START);
            assertThat(ids()).containsExactly("1");
            destination.write(interrupted(200, () -> {}));
            assertThat(ids()).containsExactly("1", "2", "3");
        }
    }

    @Test
    void a_server_that_stops_in_the_middle_of_a_batch_leaves_nothing_and_the_run_goes_on_when_it_is_back() {
        try (DedicatedPostgres server = TestPostgres.dedicated(17, Map.of()); TestDatabase warehouse = server.newDatabase()) {
            PostgresEndpoint endpoint = PostgresDestinationContractTest.endpoint(warehouse);
            try (PostgresDestination destination = open(endpoint)) {
                publish(destination);
                Fault fault = faultOf(() -> destination.write(interrupted(200, () -> server.server().kill())));
                assertThat(fault.kind()).isEqualTo(FaultKind.CONNECTION_LOST);
                assertThat(faultOf(destination::recall).kind()).isEqualTo(FaultKind.HOST_UNREACHABLE);
                server.server().start();
                assertThat(destination.recall().position()).contains(START);
                destination.write(interrupted(200, () -> {}));
                assertThat(warehouse.value("SELECT count(*) FROM shop_public.books")).isEqualTo("3");
            }
        }
    }

    @Test
    void credentials_that_expire_halt_the_run_with_what_to_do() {
        database.createUser("writer", "sesame", "");
        database.execute("GRANT ALL ON DATABASE %s TO writer".formatted(database.name()));
        try (PostgresDestination destination = open("writer", "sesame")) {
            publish(destination);
            database.execute("ALTER ROLE writer VALID UNTIL '2020-01-01'");
            endSessions("writer");
            assertThat(faultOf(() -> write(destination, 200, "2")).kind()).isEqualTo(FaultKind.CONNECTION_LOST);
            Fault fault = faultOf(() -> write(destination, 200, "2"));
            assertThat(fault.kind()).isEqualTo(FaultKind.DESTINATION_UNUSABLE);
            assertThat(fault.remedy()).contains("VALID UNTIL");
            assertThat(ids()).containsExactly("1");
            database.execute("ALTER ROLE writer VALID UNTIL 'infinity'");
            write(destination, 200, "2");
            assertThat(ids()).containsExactly("1", "2");
        }
    }

    @Test
    void a_database_that_became_read_only_halts_the_run_with_what_to_do() {
        try (PostgresDestination destination = open()) {
            publish(destination);
            database.execute("ALTER DATABASE %s SET default_transaction_read_only = on".formatted(database.name()));
            endSessions(database.user());
            faultOf(() -> write(destination, 200, "2"));
            Fault fault = faultOf(() -> write(destination, 200, "2"));
            assertThat(fault.kind()).isEqualTo(FaultKind.DESTINATION_UNUSABLE);
            assertThat(fault.description()).contains("read-only");
            assertThat(fault.remedy()).contains("default_transaction_read_only");
            database.execute("ALTER DATABASE %s RESET default_transaction_read_only".formatted(database.name()));
            assertThat(ids()).containsExactly("1");
            write(destination, 200, "2");
            assertThat(ids()).containsExactly("1", "2");
        }
    }

    @Test
    void a_user_without_rights_is_told_which_statement_gives_them() {
        database.createUser("stranger", "sesame", "");
        Fault fault = faultOf(() -> open("stranger", "sesame").close());
        assertThat(fault.kind()).isEqualTo(FaultKind.DESTINATION_UNUSABLE);
        assertThat(fault.remedy()).contains("GRANT CONNECT, CREATE, TEMPORARY ON DATABASE \"%s\" TO \"stranger\"".formatted(database.name()));
        database.execute("GRANT CREATE ON DATABASE %s TO stranger".formatted(database.name()));
        try (PostgresDestination destination = open("stranger", "sesame")) {
            publish(destination);
            assertThat(ids()).containsExactly("1");
        }
    }

    @Test
    void a_database_in_another_encoding_is_refused() {
        try (TestDatabase latin = TestPostgres.latest().newDatabase("TEMPLATE template0 ENCODING 'LATIN1' LOCALE 'C'")) {
            Fault fault = faultOf(() -> open(PostgresDestinationContractTest.endpoint(latin)).close());
            assertThat(fault.kind()).isEqualTo(FaultKind.DESTINATION_UNUSABLE);
            assertThat(fault.remedy()).contains("ENCODING 'UTF8'");
        }
    }

    @Test
    void a_second_run_for_the_same_copy_is_refused_and_one_for_another_is_not() {
        try (PostgresDestination _ = open()) {
            Fault fault = faultOf(() -> open().close());
            assertThat(fault.kind()).isEqualTo(FaultKind.DESTINATION_HELD);
            assertThat(fault.remedy()).contains("pg_terminate_backend");
            PostgresDestination.open(
                            PostgresDestinationContractTest.endpoint(database), "the warehouse", "other", PostgresSettings.defaults(), InstantSource.system())
                    .close();
        }
    }

    @Test
    void a_run_whose_session_was_lost_writes_nothing_once_another_has_taken_over() {
        try (PostgresDestination first = open()) {
            publish(first);
            first.beginCopy(plan(), SyncMode.SOFT_DELETE);
            endSessions(database.user());
            try (PostgresDestination second = open()) {
                assertThat(second.recall().position()).contains(START);
            }
            assertThat(faultOf(() -> load(first)).kind()).isIn(FaultKind.DESTINATION_HELD, FaultKind.CONNECTION_LOST);
            assertThat(faultOf(() -> load(first)).kind()).isEqualTo(FaultKind.DESTINATION_HELD);
            faultOf(() -> write(first, 200, "2"));
            assertThat(faultOf(() -> write(first, 200, "2")).kind()).isEqualTo(FaultKind.DESTINATION_HELD);
            assertThat(ids()).containsExactly("1");
        }
    }

    @Test
    void a_server_without_room_for_another_session_is_tried_again_soon() {
        database.createUser("single", "sesame", "CONNECTION LIMIT 1");
        database.execute("GRANT CREATE ON DATABASE %s TO single".formatted(database.name()));
        try (PostgresDestination destination = open("single", "sesame")) {
            destination.adopt(new SourceIdentity("7300", "shop"), START);
            destination.beginCopy(plan(), SyncMode.SOFT_DELETE);
            Fault fault = faultOf(() -> load(destination));
            assertThat(fault.kind()).isEqualTo(FaultKind.DESTINATION_BUSY);
            assertThat(fault.kind().retry()).isEqualTo(FaultKind.Retry.SOON);
            database.execute("ALTER ROLE single CONNECTION LIMIT 5");
            load(destination);
        }
    }

    @Test
    void a_statement_that_somebody_cancels_is_undone_with_its_batch() throws SQLException {
        try (PostgresDestination destination = open();
                Connection other = database.session();
                Statement statement = other.createStatement()) {
            publish(destination);
            other.setAutoCommit(false);
            statement.execute("LOCK TABLE shop_public.books IN ACCESS EXCLUSIVE MODE");
            CompletableFuture<Fault> refused = CompletableFuture.supplyAsync(() -> faultOf(() -> write(destination, 200, "2")));
            Eventually.within(PATIENCE, () -> assertThat(database.query(
                            "SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND application_name = 'millrace'"
                                    + " AND datname = current_database()"))
                    .isNotEmpty());
            assertThat(refused.join().kind()).isEqualTo(FaultKind.DESTINATION_BUSY);
            other.rollback();
            assertThat(ids()).containsExactly("1");
            write(destination, 200, "2");
            assertThat(ids()).containsExactly("1", "2");
        }
    }

    @Test
    void a_table_that_is_not_ours_stays_as_it_is() {
        database.execute("CREATE SCHEMA shop_public", "CREATE TABLE shop_public.books (id int)", "INSERT INTO shop_public.books VALUES (7)");
        try (PostgresDestination destination = open()) {
            destination.adopt(new SourceIdentity("7300", "shop"), START);
            Fault fault = faultOf(() -> destination.beginCopy(plan(), SyncMode.SOFT_DELETE));
            assertThat(fault.kind()).isEqualTo(FaultKind.DESTINATION_REFUSED);
            assertThat(fault.remedy()).contains("Rename that table");
            assertThat(ids()).containsExactly("7");
            database.execute("DROP TABLE shop_public.books", "CREATE VIEW shop_public.books AS SELECT 8 AS id, now() AS _millrace_synced");
            assertThat(faultOf(() -> destination.beginCopy(plan(), SyncMode.SOFT_DELETE)).kind()).isEqualTo(FaultKind.DESTINATION_REFUSED);
            assertThat(ids()).containsExactly("8");
        }
    }

    @Test
    void rights_that_readers_were_granted_outlive_a_new_copy() {
        database.createUser("reader", "sesame", "");
        try (PostgresDestination destination = open()) {
            publish(destination);
            database.execute("GRANT USAGE ON SCHEMA shop_public TO reader", "GRANT SELECT ON shop_public.books TO reader");
            destination.beginCopy(plan(), SyncMode.SOFT_DELETE);
            load(destination);
            destination.endCopy(BOOKS.table());
            destination.publish(BOOKS.table());
            assertThat(database.value("SELECT has_table_privilege('reader', 'shop_public.books', 'SELECT')")).isEqualTo("t");
        }
        database.execute("DROP OWNED BY reader");
    }
}
