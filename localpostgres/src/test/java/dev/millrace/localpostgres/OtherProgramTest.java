package dev.millrace.localpostgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OtherProgramTest {

    @TempDir
    private Path folder;

    private ServerSettings settings() throws IOException {
        return Fixtures.settings(folder.resolve("data"));
    }

    @Test
    void a_server_ends_with_the_program_that_started_it_after_what_must_end_first() throws Exception {
        OtherProgram.running(settings().dataDirectory()).close();

        assertThat(new LocalServer(settings()).isRunning()).isFalse();
        assertThat(folder.resolve("data.exit")).hasContent("running: true");
    }

    @Test
    void a_server_left_behind_by_a_killed_program_is_taken_over() throws Exception {
        try (LocalServer server = new LocalServer(settings())) {
            OtherProgram.running(settings().dataDirectory()).kill();
            assertThat(server.isRunning()).isTrue();
            long pid = Fixtures.pid(server);

            server.start();

            assertThat(Fixtures.pid(server)).isEqualTo(pid);
            assertThat(Fixtures.value(server, "SELECT 1")).isEqualTo("1");
        }
    }

    @Test
    void a_server_left_behind_with_other_settings_is_started_anew() throws Exception {
        try (LocalServer server = new LocalServer(settings().withConfiguration(Map.of("wal_level", "replica")))) {
            OtherProgram.running(settings().dataDirectory()).kill();
            long pid = Fixtures.pid(server);

            server.start();

            assertThat(Fixtures.pid(server)).isNotEqualTo(pid);
            assertThat(Fixtures.value(server, "SHOW wal_level")).isEqualTo("replica");
        }
    }

    @Test
    void an_abandoned_server_can_be_killed() throws Exception {
        OtherProgram.running(settings().dataDirectory()).kill();

        LocalServer.killAbandoned(settings().dataDirectory());

        assertThat(new LocalServer(settings()).isRunning()).isFalse();
    }

    @Test
    void a_server_that_another_program_runs_is_left_alone() throws Exception {
        try (OtherProgram _ = OtherProgram.running(settings().dataDirectory())) {
            LocalServer server = new LocalServer(settings());

            assertThatThrownBy(server::start).isInstanceOf(LocalPostgresException.class)
                    .hasMessageContaining("Another program runs the server");
            server.stop();
            server.kill();

            assertThat(server.isRunning()).isTrue();
        }
    }
}
