package dev.millrace.server.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.core.fault.Fault;
import dev.millrace.core.secret.Secret;
import dev.millrace.server.ServerHarness;
import dev.millrace.server.group.Groups;
import dev.millrace.server.secret.KeyRotation;
import dev.millrace.server.secret.Sealed;
import dev.millrace.testkit.postgres.TestDatabase;
import dev.millrace.testkit.postgres.TestPostgres;
import dev.millrace.vault.Vault;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@SuppressWarnings("NullAway.Init")
@Timeout(120)
class StateTest {

    @TempDir
    Path home;

    @Test
    void a_backup_that_is_made_while_the_server_is_at_work_has_everything_and_no_plain_secret() throws IOException {
        Path backup = home.resolve("backup.sqlite");
        try (TestDatabase database = TestPostgres.latest().newDatabase(); ServerHarness server = new ServerHarness(home.resolve("server"))) {
            String body = ServerHarness.connection(server.group("shop"), database, "shop").toString();
            assertThat(server.post("/v1/connections", "{\"run_setup_tests\":false," + body.substring(1)).status()).isEqualTo(201);
            try (State other = State.open(new StateAddress.InFile(home.resolve("server/state.sqlite")))) {
                other.backUp(backup);
                assertThatThrownBy(() -> other.backUp(backup)).isInstanceOf(Fault.class).hasMessageContaining("does not write over it");
            }
            assertThat(Files.readString(backup, StandardCharsets.ISO_8859_1)).doesNotContain(database.password());
        }
        try (State restored = State.open(new StateAddress.InFile(backup))) {
            assertThat(new Groups(restored, InstantSource.system()).all()).extracting(group -> group.name()).containsExactly("shop");
        }
        assertThat(Files.getPosixFilePermissions(backup)).hasSize(2);
    }

    @Test
    void many_threads_change_a_file_at_once_and_nothing_is_lost() {
        try (State state = State.open(new StateAddress.InFile(home.resolve("state.sqlite")))) {
            Groups groups = new Groups(state, InstantSource.system());
            List<CompletableFuture<Void>> work = IntStream.range(0, 8)
                    .mapToObj(thread -> CompletableFuture.runAsync(
                            () -> IntStream.range(0, 20).forEach(i -> groups.make("group %d of %d".formatted(i, thread), "test")),
                            task -> Thread.ofPlatform().start(task)))
                    .toList();
            work.forEach(CompletableFuture::join);
            assertThat(groups.all()).hasSize(160);
        }
    }

    @Test
    void a_damaged_or_later_file_is_left_alone_and_named() throws IOException, SQLException {
        Path damaged = Files.writeString(home.resolve("damaged.sqlite"), "this is no database at all, and long enough to be looked at as one".repeat(20));
        assertThatThrownBy(() -> State.open(new StateAddress.InFile(damaged))).isInstanceOf(Fault.class).hasMessageContaining("is damaged, or no SQLite file");
        Path later = home.resolve("later.sqlite");
        State.open(new StateAddress.InFile(later)).close();
        try (var session = DriverManager.getConnection("jdbc:sqlite:" + later); var statement = session.createStatement()) {
            statement.execute("INSERT INTO millrace_schema VALUES (1000)");
        }
        assertThatThrownBy(() -> State.open(new StateAddress.InFile(later))).isInstanceOf(Fault.class).hasMessageContaining("a later version of Millrace");
    }

    @Test
    void a_locked_file_is_told_by_the_api_and_nothing_is_half_done() throws SQLException {
        try (ServerHarness server = new ServerHarness(home)) {
            try (var session = DriverManager.getConnection("jdbc:sqlite:" + home.resolve("state.sqlite")); var statement = session.createStatement()) {
                statement.execute("BEGIN IMMEDIATE");
                ServerHarness.Answer refused = server.post("/v1/groups", "{\"name\":\"shop\"}");
                assertThat(refused.status()).isEqualTo(503);
                assertThat(refused.code()).isEqualTo("ServiceUnavailable");
                assertThat(refused.message()).contains("is locked by another process");
                statement.execute("ROLLBACK");
            }
            assertThat(server.get("/v1/groups").data().path("items")).isEmpty();
            assertThat(server.post("/v1/groups", "{\"name\":\"shop\"}").status()).isEqualTo(201);
        }
    }

    @Test
    void a_full_disk_is_told_and_what_was_there_stays() throws SQLException {
        try (State state = State.open(new StateAddress.InFile(home.resolve("state.sqlite")))) {
            Groups groups = new Groups(state, InstantSource.system());
            groups.make("before", "test");
            long pages = state.read(handle -> handle.createQuery("PRAGMA page_count").mapTo(Long.class).one());
            List<Connection> sessions = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                Connection session = state.dataSource().getConnection();
                sessions.add(session);
                try (var statement = session.createStatement()) {
                    statement.execute("PRAGMA max_page_count = " + (pages + 2));
                }
            }
            for (Connection session : sessions) {
                session.close();
            }
            assertThatThrownBy(() -> IntStream.range(0, 100).forEach(i -> groups.make("x".repeat(10_000) + i, "test")))
                    .isInstanceOf(Fault.class)
                    .hasMessageContaining("has no room left on its disk");
            assertThat(groups.named("before")).isPresent();
        }
    }

    @Test
    void a_new_key_seals_every_secret_and_the_old_one_opens_none() {
        Path key = home.resolve("key");
        Vault old = Vault.in(key);
        String before = read(key);
        try (State state = State.open(new StateAddress.InFile(home.resolve("state.sqlite")))) {
            Sealed secrets = Sealed.none("connection/c").with("password", Secret.of("hidden"), old);
            state.run(handle -> {
                handle.execute("INSERT INTO destination_group VALUES ('g', 'g', 0, NULL)");
                handle.execute(
                        "INSERT INTO connection VALUES ('c', 'g', 'postgres', 'p', '{}', ?, '{}', '{}', 1, 5, NULL, 'auto', 'NORMAL', NULL, 'SOURCE_NAMING', NULL, 0, NULL)",
                        secrets.text());
            });
            Vault renewed = Vault.renew(key);
            assertThat(new KeyRotation(state, renewed).run()).isEqualTo(1);
            Sealed after = Sealed.parse("connection/c", state.read(handle -> handle.createQuery("SELECT secrets FROM connection").mapTo(String.class).one()));
            assertThat(after.open("password", Vault.in(key)).reveal()).isEqualTo("hidden");
            assertThatThrownBy(() -> after.open("password", Vault.of(Secret.of(before), "the old key"))).isInstanceOf(Fault.class);
            assertThatThrownBy(() -> Sealed.parse("connection/other", after.text()).open("password", renewed)).isInstanceOf(Fault.class);
        }
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
