package dev.millrace.localpostgres;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// PostgreSQL's programs (`initdb`, `pg_ctl`, `postgres`) of one version, unpacked in a folder and found to run on this machine.
///
/// @param home the folder that holds `bin`, `lib` and `share`; never changed once it is there, and shared by all servers
/// @param version what `postgres --version` says, such as `17.11`
public record PostgresInstallation(Path home, String version) {

    private static final Pattern VERSION = Pattern.compile("\\(PostgreSQL\\) (\\d+\\S*)");

    /// The folder in which installations are kept unless told otherwise: `.cache/millrace/postgres` in the user's home.
    public static Path defaultCache() {
        return Path.of(System.getProperty("user.home"), ".cache", "millrace", "postgres");
    }

    /// Unpacks `archive` into a folder of its own below `cache`, or finds it there.
    ///
    /// The folder appears whole or not at all, so several processes may do this at once and a killed one leaves nothing that counts.
    ///
    /// @throws LocalPostgresException if the archive cannot be read or its programs do not run here
    public static PostgresInstallation unpack(PostgresArchive archive, Path cache) {
        try {
            Path home = cache.toAbsolutePath().resolve(archive.platform().archiveName().replace(".txz", "-") + archive.digest());
            if (!Files.isDirectory(home)) {
                unpackInto(Files.createDirectories(cache), home, archive);
            }
            return at(home);
        } catch (IOException e) {
            throw new LocalPostgresException("%s could not be unpacked into %s, so no local server can be started."
                    .formatted(archive, cache),
                    "Check that the file is whole, the folder may be written and the disk has 100 MB free.", e);
        }
    }

    /// The installation in the folder `home`, which holds `bin/postgres`.
    ///
    /// @throws LocalPostgresException if its programs do not run here
    public static PostgresInstallation at(Path home) {
        ServerProgram postgres = new ServerProgram(home.resolve("bin/postgres"));
        ServerProgram.Outcome outcome = postgres.run(Duration.ofSeconds(30), List.of("--version"));
        Matcher matcher = VERSION.matcher(outcome.output());
        if (!outcome.succeeded() || !matcher.find()) {
            throw new LocalPostgresException("PostgreSQL's programs in %s do not run on this machine: %s."
                    .formatted(home, outcome.output()),
                    "A library of the system is missing or too old; install it, or use a PostgreSQL server of your own.");
        }
        return new PostgresInstallation(home, matcher.group(1));
    }

    private static void unpackInto(Path cache, Path home, PostgresArchive archive) throws IOException {
        Path unpacking = Files.createTempDirectory(cache, ".unpacking-");
        try {
            try (InputStream in = archive.open()) {
                TarXz.unpack(in, unpacking);
            }
            Files.setPosixFilePermissions(unpacking, PosixFilePermissions.fromString("rwxr-xr-x"));
            Files.move(unpacking, home, StandardCopyOption.ATOMIC_MOVE);
        } catch (FileSystemException e) {
            if (!Files.isDirectory(home)) {
                throw e;
            }
        } finally {
            FolderTree.delete(unpacking);
        }
    }

    /// The number before the first dot of [#version].
    public int majorVersion() {
        String digits = version.replaceFirst("\\D.*", "");
        return Integer.parseInt(digits);
    }

    ServerProgram program(String name) {
        return new ServerProgram(home.resolve("bin").resolve(name));
    }
}
