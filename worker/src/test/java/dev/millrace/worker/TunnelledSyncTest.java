package dev.millrace.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.core.fault.Fault;
import dev.millrace.core.fault.FaultKind;
import dev.millrace.core.fault.FaultKind.Retry;
import dev.millrace.core.run.Goal;
import dev.millrace.core.run.RunEvent;
import dev.millrace.testkit.Eventually;
import dev.millrace.testkit.postgres.TestDatabase;
import dev.millrace.testkit.postgres.TestPostgres;
import dev.millrace.testkit.ssh.OpenSshServer;
import dev.millrace.worker.settings.ConnectionSettings;
import dev.millrace.worker.settings.Environment;
import dev.millrace.worker.settings.SettingsReader;
import dev.millrace.worker.settings.SettingsReading;
import dev.millrace.worker.settings.SourceSettings.Way;
import dev.millrace.worker.verify.Verdict;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// A whole sync through an SSH server that breaks meanwhile.
@Timeout(180)
class TunnelledSyncTest {

    private static final Duration LIMIT = Duration.ofSeconds(60);

    @TempDir
    private Path folder;

    private final List<RunEvent> events = new CopyOnWriteArrayList<>();
    private final List<Fault> faults = new CopyOnWriteArrayList<>();

    @Test
    void aContinuousSyncOutlivesItsTunnelAndTheCopyIsProven() {
        try (TestDatabase database = TestPostgres.latest().newDatabase(); OpenSshServer server = OpenSshServer.open()) {
            database.execute("CREATE TABLE mills (id int PRIMARY KEY, note text)", "INSERT INTO mills SELECT i FROM generate_series(1, 5000) AS i");
            database.createPublicationAndSlot("pub", "slot_" + database.name());
            ConnectionSettings settings = settings(database, server);
            server.authorize(Ways.keys(settings, (Way.SshTunnel) settings.source().way()).key().authorizedKeysLine());
            try (Wiring wiring = new Wiring(settings, InstantSource.system()); ConnectionSync sync = ConnectionSync.open(wiring)) {
                CompletableFuture<Void> run = CompletableFuture.runAsync(
                        () -> sync.run(Goal.CONTINUOUS, RetryPolicy.patient(), events::add, (fault, _) -> faults.add(fault)),
                        task -> Thread.ofPlatform().start(task));
                Eventually.within(LIMIT, () -> assertThat(events).hasAtLeastOneElementOfType(RunEvent.TablePublished.class));
                server.killSessions();
                Eventually.within(LIMIT, () -> assertThat(faults).isNotEmpty());
                assertThat(faults).allMatch(fault -> fault.kind().retry() == Retry.SOON);
                database.execute("INSERT INTO mills VALUES (5001, 'after')");
                Eventually.within(LIMIT, () -> {
                    Verdict verdict = sync.verify(_ -> true, _ -> {});
                    assertThat(verdict.proven()).isTrue();
                    assertThat(verdict.tables()).singleElement().satisfies(table -> assertThat(table.sourceRows()).isEqualTo(5001));
                });
                sync.stop();
                run.join();
            }
        }
    }

    @Test
    void aKeyThatIsNotInstalledEndsTheSyncWithTheLineToInstall() {
        try (TestDatabase database = TestPostgres.latest().newDatabase(); OpenSshServer server = OpenSshServer.open()) {
            database.execute("CREATE TABLE mills (id int PRIMARY KEY)");
            database.createPublicationAndSlot("pub", "slot_" + database.name());
            ConnectionSettings settings = settings(database, server);
            try (Wiring wiring = new Wiring(settings, InstantSource.system()); ConnectionSync sync = ConnectionSync.open(wiring)) {
                assertThatThrownBy(() -> sync.run(Goal.UP_TO_NOW, RetryPolicy.patient(), events::add, (fault, _) -> faults.add(fault)))
                        .isInstanceOfSatisfying(Fault.class, fault -> {
                            assertThat(fault.kind()).isEqualTo(FaultKind.TUNNEL_LOGIN_REFUSED);
                            assertThat(fault.remedy()).contains("ssh-ed25519 ");
                        });
            }
        }
    }

    @Test
    void aTunnelHostThatMayNotForwardIsNamedRatherThanTheDatabase() {
        try (TestDatabase database = TestPostgres.latest().newDatabase(); OpenSshServer server = OpenSshServer.open("AllowTcpForwarding no")) {
            ConnectionSettings settings = settings(database, server);
            server.authorize(Ways.keys(settings, (Way.SshTunnel) settings.source().way()).key().authorizedKeysLine());
            try (Wiring wiring = new Wiring(settings, InstantSource.system()); ConnectionSync sync = ConnectionSync.open(wiring)) {
                assertThatThrownBy(() -> sync.run(Goal.UP_TO_NOW, RetryPolicy.none(), events::add, (fault, _) -> faults.add(fault)))
                        .isInstanceOfSatisfying(Fault.class, fault -> assertThat(fault.kind()).isEqualTo(FaultKind.TUNNEL_REFUSED_FORWARD));
            }
        }
    }

    private ConnectionSettings settings(TestDatabase database, OpenSshServer server) {
        String yaml = """
                source:
                  service: postgres
                  host: %s
                  port: %d
                  database: %s
                  user: %s
                  password: %s
                  replication_slot: slot_%s
                  publication_name: pub
                  tunnel_host: 127.0.0.1
                  tunnel_port: %d
                  tunnel_user: %s
                  trusted_host_keys:
                    - %s
                destination:
                  service: duckdb
                  path: copy.duckdb
                schema_prefix: t
                """.formatted(
                database.host(),
                database.port(),
                database.name(),
                database.user(),
                database.password(),
                database.name(),
                server.port(),
                server.user(),
                server.fingerprint("ed25519"));
        Map<String, String> variables = Map.of("MILLRACE_KEY_FILE", folder.resolve("home/key").toString());
        Environment environment = name -> Optional.ofNullable(variables.get(name));
        return switch (new SettingsReader(environment).read(yaml, folder.resolve("connection.yaml"))) {
            case SettingsReading.Understood(ConnectionSettings understood, _) -> understood;
            case SettingsReading.Refused(var problems) -> throw new AssertionError(problems);
        };
    }
}
