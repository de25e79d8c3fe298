package dev.millrace.testkit.postgres;

import dev.millrace.localpostgres.Platform;
import dev.millrace.localpostgres.PostgresArchive;
import dev.millrace.localpostgres.PostgresInstallation;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/// The folder into which the build copies PostgreSQL's programs, named by the system property `millrace.postgres.binaries`.
final class Binaries {

    private static final String PROPERTY = "millrace.postgres.binaries";

    private Binaries() {}

    /// The installation of major version `version`, unpacked if it has not been.
    static PostgresInstallation installation(int version) {
        String folder = System.getProperty(PROPERTY);
        if (folder == null) {
            throw new IllegalStateException("The system property " + PROPERTY + " names no folder of PostgreSQL's programs. The build"
                    + " sets it for tests; in an editor, set it to target/postgres-binaries of the root module.");
        }
        return PostgresInstallation.unpack(PostgresArchive.inJar(jar(Path.of(folder), version)), PostgresInstallation.defaultCache());
    }

    private static Path jar(Path folder, int version) {
        String pattern = "%s-%d.*.jar".formatted(Platform.current().artefactId(), version);
        List<Path> found = new ArrayList<>();
        if (Files.isDirectory(folder)) {
            try (DirectoryStream<Path> jars = Files.newDirectoryStream(folder, pattern)) {
                jars.forEach(found::add);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        // A version raised in the build leaves the older jar lying beside the newer.
        return found.stream().max(Comparator.comparing(Binaries::minorVersion)).orElseThrow(() -> new IllegalStateException(
                "There is no %s in %s; building the module testkit copies it there.".formatted(pattern, folder)));
    }

    private static int minorVersion(Path jar) {
        String name = jar.getFileName().toString();
        String version = name.substring(name.lastIndexOf('-') + 1);
        return Integer.parseInt(version.split("\\.", -1)[1]);
    }
}
