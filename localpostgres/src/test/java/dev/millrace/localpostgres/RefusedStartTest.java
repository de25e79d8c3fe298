package dev.millrace.localpostgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RefusedStartTest {

    @TempDir
    private Path folder;

    private ServerSettings settings() throws IOException {
        return Fixtures.settings(folder.resolve("data"));
    }

    @Test
    void a_named_port_that_is_taken_is_named() throws Exception {
        try (ServerSocket other = new ServerSocket(0, 1, InetAddress.ofLiteral("127.0.0.1"))) {
            LocalServer server = new LocalServer(settings().withPort(other.getLocalPort()));

            assertThatThrownBy(server::start).isInstanceOf(LocalPostgresException.class)
                    .hasMessageContaining("Port " + other.getLocalPort()).hasMessageContaining("name another port");
            assertThat(server.isRunning()).isFalse();
        }
    }

    @Test
    void a_setting_that_postgresql_does_not_know_is_shown_from_its_log() throws Exception {
        LocalServer wrong = new LocalServer(settings().withConfiguration(Map.of("wal_levle", "logical")));

        assertThatThrownBy(wrong::start).isInstanceOf(LocalPostgresException.class)
                .hasMessageContaining("unrecognized configuration parameter \"wal_levle\"");

        try (LocalServer corrected = new LocalServer(settings())) {
            corrected.start();
            assertThat(corrected.port()).as("the port is kept").isEqualTo(wrong.port());
        }
    }

    @Test
    void an_option_that_initdb_refuses_leaves_no_data_directory() throws Exception {
        LocalServer server = new LocalServer(settings().withInitdbOptions("--encoding=LATIN99"));

        assertThatThrownBy(server::start).isInstanceOf(LocalPostgresException.class).hasMessageContaining("LATIN99");

        assertThat(folder.resolve("data")).isEmptyDirectory();
        assertThat(folder).isDirectoryNotContaining("glob:**/.making*");
    }

    @Test
    void a_folder_with_other_files_is_not_touched() throws Exception {
        Path precious = Files.writeString(Files.createDirectories(folder.resolve("data")).resolve("precious"), "text");

        assertThatThrownBy(() -> new LocalServer(settings()).start()).hasMessageContaining("holds files but no PostgreSQL data");

        assertThat(precious).hasContent("text");
    }

    @Test
    void data_of_another_version_is_refused() throws Exception {
        Files.writeString(Files.createDirectories(folder.resolve("data")).resolve("PG_VERSION"), "11\n");

        assertThatThrownBy(() -> new LocalServer(settings()).start()).hasMessageContaining("belongs to PostgreSQL 11");
    }

    @Test
    void a_strangers_process_number_in_a_dead_servers_file_is_seen_through() throws Exception {
        try (LocalServer server = new LocalServer(settings())) {
            server.start();
            Path file = settings().dataDirectory().resolve("postmaster.pid");
            String dead = Files.readString(file);
            server.kill();
            Files.writeString(file, dead.replaceFirst("\\d+", Long.toString(ProcessHandle.current().pid())));

            assertThat(server.isRunning()).isFalse();
            server.start();

            assertThat(Fixtures.value(server, "SELECT 1")).isEqualTo("1");
        }
    }
}
