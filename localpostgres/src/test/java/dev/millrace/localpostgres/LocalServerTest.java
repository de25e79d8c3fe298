package dev.millrace.localpostgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LocalServerTest {

    @TempDir
    private Path folder;

    private ServerSettings settings() throws IOException {
        return Fixtures.settings(folder.resolve("deep/er/data"));
    }

    @Test
    void data_and_port_survive_a_restart() throws Exception {
        try (LocalServer server = new LocalServer(settings())) {
            server.start();
            int port = server.port();
            Fixtures.execute(server, "CREATE TABLE kept AS SELECT 7 AS id");

            server.restart();

            assertThat(server.port()).isEqualTo(port);
            assertThat(Fixtures.value(server, "SELECT id FROM kept")).isEqualTo("7");
        }
    }

    @Test
    void a_second_server_object_goes_on_with_the_same_data_and_port() throws Exception {
        int port;
        try (LocalServer first = new LocalServer(settings())) {
            first.start();
            port = first.port();
            Fixtures.execute(first, "CREATE TABLE kept AS SELECT 7 AS id");
        }
        try (LocalServer second = new LocalServer(settings())) {
            second.start();

            assertThat(second.port()).isEqualTo(port);
            assertThat(Fixtures.value(second, "SELECT id FROM kept")).isEqualTo("7");
        }
    }

    @Test
    void a_killed_server_recovers_what_was_committed() throws Exception {
        try (LocalServer server = new LocalServer(settings())) {
            server.start();
            Fixtures.execute(server, "CREATE TABLE kept AS SELECT 7 AS id");

            server.kill();
            assertThat(server.isRunning()).isFalse();
            assertThatThrownBy(() -> Fixtures.session(server)).isInstanceOf(SQLException.class);
            server.start();

            assertThat(Fixtures.value(server, "SELECT id FROM kept")).isEqualTo("7");
        }
    }

    @Test
    void a_server_whose_first_process_alone_was_killed_starts_again() throws Exception {
        try (LocalServer server = new LocalServer(settings())) {
            server.start();
            ProcessHandle first = ProcessHandle.of(Fixtures.pid(server)).orElseThrow();
            first.destroyForcibly();
            first.onExit().join();

            server.start();

            assertThat(Fixtures.value(server, "SELECT 1")).isEqualTo("1");
        }
    }

    @Test
    void stop_and_start_may_be_repeated() throws Exception {
        LocalServer server = new LocalServer(settings());
        server.stop();
        server.start();
        long pid = Fixtures.pid(server);
        server.start();
        assertThat(Fixtures.pid(server)).isEqualTo(pid);
        server.stop();
        server.stop();
        assertThat(server.isRunning()).isFalse();
    }

    @Test
    void it_is_set_up_for_logical_replication_on_this_machine_only() throws Exception {
        try (LocalServer server = new LocalServer(settings().withConfiguration(Map.of("application_name", "it's ours")))) {
            server.start();

            assertThat(Fixtures.value(server, "SHOW wal_level")).isEqualTo("logical");
            assertThat(Fixtures.value(server, "SHOW synchronous_commit")).isEqualTo("on");
            assertThat(Fixtures.value(server, "SHOW listen_addresses")).isEqualTo("127.0.0.1");
            assertThat(Fixtures.value(server, "SHOW server_encoding")).isEqualTo("UTF8");
            assertThat(Fixtures.value(server, "SELECT reset_val FROM pg_settings WHERE name = 'fsync'")).isEqualTo("off");
        }
    }

    @Test
    void a_terminals_ctrl_c_does_not_reach_the_server() throws Exception {
        try (LocalServer server = new LocalServer(settings())) {
            server.start();

            Process ps = new ProcessBuilder("ps", "-o", "pgid=", "-p", Long.toString(Fixtures.pid(server))).start();

            assertThat(new String(ps.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip())
                    .as("the process group that Ctrl-C would have to name").isEqualTo(Long.toString(Fixtures.pid(server)));
        }
    }

    @Test
    void with_scram_the_superuser_needs_the_password() throws Exception {
        try (LocalServer server = new LocalServer(settings().with(new Authentication.Scram("right's")))) {
            server.start();

            assertThatThrownBy(() -> Fixtures.session(server)).isInstanceOf(SQLException.class);
            assertThat(java.sql.DriverManager.getConnection(server.jdbcUrl("postgres"), "postgres", "right's").isValid(0)).isTrue();
        }
        assertThat(settings().with(new Authentication.Scram("right's")).toString()).doesNotContain("right's");
    }
}
