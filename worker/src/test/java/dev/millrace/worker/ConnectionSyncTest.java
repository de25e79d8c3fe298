package dev.millrace.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.core.destination.CopyReader;
import dev.millrace.core.destination.RowSink;
import dev.millrace.core.destination.StopSignal;
import dev.millrace.core.destination.SyncMode;
import dev.millrace.core.fault.Fault;
import dev.millrace.core.fault.FaultKind;
import dev.millrace.core.fault.FaultKind.Retry;
import dev.millrace.core.naming.Naming;
import dev.millrace.core.run.Goal;
import dev.millrace.core.run.Limits;
import dev.millrace.core.run.RunEvent;
import dev.millrace.core.secret.Secret;
import dev.millrace.core.shape.RowFilter;
import dev.millrace.core.shape.TableName;
import dev.millrace.testkit.Eventually;
import dev.millrace.testkit.postgres.DedicatedPostgres;
import dev.millrace.testkit.postgres.TestDatabase;
import dev.millrace.testkit.postgres.TestPostgres;
import dev.millrace.worker.settings.AuthMethod;
import dev.millrace.worker.settings.ConnectionSettings;
import dev.millrace.worker.settings.DestinationSettings;
import dev.millrace.worker.settings.SourceSettings;
import dev.millrace.worker.settings.SyncFrequency;
import dev.millrace.worker.settings.TableSelection;
import dev.millrace.worker.settings.TlsSettings;
import dev.millrace.worker.settings.UpdateMethod;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@SuppressWarnings("NullAway.Init")
@Timeout(180)
class ConnectionSyncTest {

    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final TableName MILLS = new TableName("public", "mills");

    @TempDir
    Path folder;

    private final List<Fault> faults = new CopyOnWriteArrayList<>();
    private final List<RunEvent> events = new CopyOnWriteArrayList<>();

    @Test
    void a_continuous_sync_outlives_its_source_and_answers_while_it_waits() {
        try (DedicatedPostgres server = TestPostgres.dedicated(17, Map.of());
                TestDatabase database = prepared(server.newDatabase());
                ConnectionSync sync = ConnectionSync.open(wiring(database, TableSelection.everything()))) {
            CompletableFuture<Void> run = CompletableFuture.runAsync(
                    () -> sync.run(Goal.CONTINUOUS, RetryPolicy.patient(), events::add, (fault, _) -> faults.add(fault)),
                    task -> Thread.ofPlatform().start(task));
            Eventually.within(LIMIT, () -> assertThat(count(sync)).isEqualTo(10));
            server.server().stop();
            Eventually.within(LIMIT, () -> assertThat(faults).isNotEmpty());
            assertThat(faults).allMatch(fault -> fault.kind().retry() == Retry.SOON);
            assertThat(sync.recall().tables()).containsKey(MILLS);
            assertThat(count(sync)).isEqualTo(10);
            server.server().start();
            database.execute("INSERT INTO mills VALUES (11)");
            Eventually.within(LIMIT, () -> assertThat(count(sync)).isEqualTo(11));
            sync.stop();
            run.join();
        }
    }

    @Test
    void a_fault_that_waiting_does_not_mend_ends_the_sync_at_once() {
        try (TestDatabase database = prepared(TestPostgres.latest().newDatabase());
                ConnectionSync sync = ConnectionSync.open(wiring(database, TableSelection.everything()))) {
            database.execute("DROP PUBLICATION pub");
            assertThatThrownBy(() -> sync.run(Goal.CONTINUOUS, RetryPolicy.patient(), events::add, (fault, _) -> faults.add(fault)))
                    .isInstanceOfSatisfying(Fault.class, fault -> assertThat(fault.kind()).isEqualTo(FaultKind.PUBLICATION_MISSING));
            assertThat(faults).isEmpty();
        }
    }

    @Test
    void what_is_not_selected_is_not_copied() {
        TableSelection selection = new TableSelection(
                false,
                SyncMode.SOFT_DELETE,
                Map.of(
                        "public",
                        new TableSelection.SchemaChoice(
                                true, Map.of("mills", new TableSelection.TableChoice(true, Optional.empty(), Map.of("note", new TableSelection.ColumnChoice(false, false)), RowFilter.NONE)))));
        try (TestDatabase database = prepared(TestPostgres.latest().newDatabase());
                ConnectionSync sync = ConnectionSync.open(wiring(database, selection))) {
            database.execute("CREATE TABLE wheels (id int PRIMARY KEY)");
            sync.run(Goal.UP_TO_NOW, RetryPolicy.none(), events::add, (_, _) -> {});
            assertThat(column(
                            sync,
                            "SELECT table_name || '.' || column_name FROM information_schema.columns"
                                    + " WHERE table_schema = 't_public' ORDER BY ALL"))
                    .containsExactly("mills._millrace_deleted", "mills._millrace_synced", "mills.id");
        }
    }

    @Test
    void a_second_sync_into_the_same_file_is_refused() {
        try (TestDatabase database = prepared(TestPostgres.latest().newDatabase());
                ConnectionSync _ = ConnectionSync.open(wiring(database, TableSelection.everything()))) {
            assertThatThrownBy(() -> ConnectionSync.open(wiring(database, TableSelection.everything())))
                    .isInstanceOfSatisfying(Fault.class, fault -> assertThat(fault.kind()).isEqualTo(FaultKind.DESTINATION_HELD));
        }
    }

    private static TestDatabase prepared(TestDatabase database) {
        database.execute(
                "CREATE TABLE mills (id int PRIMARY KEY, note text)", "INSERT INTO mills SELECT i FROM generate_series(1, 10) AS i");
        database.createPublicationAndSlot("pub", "slot_" + database.name());
        return database;
    }

    private Wiring wiring(TestDatabase database, TableSelection selection) {
        SourceSettings source = new SourceSettings(
                SourceSettings.Service.POSTGRES,
                database.host(),
                database.port(),
                database.name(),
                database.user(),
                Secret.of(database.password()),
                new AuthMethod.Password(),
                new SourceSettings.Way.Directly(),
                TlsSettings.of(TlsSettings.Mode.PREFER),
                new UpdateMethod.WalPgoutput("slot_" + database.name(), "pub"));
        return new Wiring(
                new ConnectionSettings(
                        source,
                        new DestinationSettings.Duck(folder.resolve("copy.duckdb")),
                        "t",
                        Naming.SOURCE_NAMING,
                        "_millrace_",
                        new SyncFrequency.Continuous(),
                        selection,
                        Limits.defaults()),
                InstantSource.system());
    }

    private static long count(ConnectionSync sync) {
        return Long.parseLong(column(sync, "SELECT count(*) FROM t_public.mills").getFirst());
    }

    private static List<String> column(ConnectionSync sync, String sql) {
        List<String> values = new CopyOnWriteArrayList<>();
        try (CopyReader reader = sync.reader()) {
            reader.query(
                    sql,
                    new RowSink() {
                        @Override
                        public void heads(List<Head> heads) {
                            assertThat(heads).hasSize(1);
                        }

                        @Override
                        public void rows(List<List<@Nullable Object>> rows) {
                            rows.forEach(row -> values.add(String.valueOf(row.getFirst())));
                        }
                    },
                    new StopSignal());
        }
        return values;
    }
}
