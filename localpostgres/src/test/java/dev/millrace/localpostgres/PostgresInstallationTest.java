package dev.millrace.localpostgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PostgresInstallationTest {

    @TempDir
    private Path cache;

    @Test
    void several_who_unpack_at_once_share_one_installation() throws Exception {
        PostgresArchive archive = PostgresArchive.inJar(Fixtures.jar());
        Callable<PostgresInstallation> unpack = () -> PostgresInstallation.unpack(archive, cache);

        try (ExecutorService threads = Executors.newFixedThreadPool(2)) {
            List<Future<PostgresInstallation>> both = threads.invokeAll(List.of(unpack, unpack));
            assertThat(both.getFirst().get()).isEqualTo(both.getLast().get());
        }

        PostgresInstallation installation = PostgresInstallation.unpack(archive, cache);
        assertThat(installation.majorVersion()).isEqualTo(17);
        assertThat(installation.home().resolve("bin/postgres")).isExecutable();
        try (Stream<Path> libraries = Files.list(installation.home().resolve("lib"))) {
            assertThat(libraries).as("links are kept").anyMatch(Files::isSymbolicLink);
        }
        try (Stream<Path> entries = Files.list(cache)) {
            assertThat(entries).containsExactly(installation.home());
        }
    }

    @Test
    void a_broken_archive_leaves_nothing_behind() throws Exception {
        Path jar = cache.resolve("broken.jar");
        try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(jar))) {
            zip.putNextEntry(new ZipEntry(Platform.current().archiveName()));
            zip.write(new byte[100]);
        }

        assertThatThrownBy(() -> PostgresInstallation.unpack(PostgresArchive.inJar(jar), cache))
                .isInstanceOf(LocalPostgresException.class).hasMessageContaining("could not be unpacked");

        try (Stream<Path> entries = Files.list(cache)) {
            assertThat(entries).containsExactly(jar);
        }
    }

    @Test
    void a_jar_for_another_platform_says_which_one_is_needed() throws Exception {
        Path jar = cache.resolve("other.jar");
        try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(jar))) {
            zip.putNextEntry(new ZipEntry("postgres-plan9-mips.txz"));
        }

        assertThatThrownBy(() -> PostgresInstallation.unpack(PostgresArchive.inJar(jar), cache))
                .isInstanceOf(LocalPostgresException.class).hasMessageContaining(Platform.current().artefactId());
    }

    @Test
    void a_class_path_without_an_archive_says_which_artefact_to_add() {
        assertThatThrownBy(() -> PostgresArchive.onClassPath(getClass().getClassLoader()))
                .isInstanceOf(LocalPostgresException.class).hasMessageContaining("io.zonky.test.postgres");
    }
}
