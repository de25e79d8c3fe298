package dev.millrace.localpostgres;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/// A server's data directory: whether it is there, and how it comes to be.
record DataDirectory(Path path, PostgresInstallation installation) {

    private static final Duration INITDB_LIMIT = Duration.ofMinutes(5);

    boolean exists() {
        return Files.exists(path.resolve("PG_VERSION"));
    }

    /// Refuses data of another major version than the installation's.
    void requireSameVersion() throws IOException {
        String found = Files.readString(path.resolve("PG_VERSION"), StandardCharsets.UTF_8).strip();
        if (!found.equals(Integer.toString(installation.majorVersion()))) {
            throw new LocalPostgresException("The data in %s belongs to PostgreSQL %s, which programs of version %s cannot use."
                    .formatted(path, found, installation.version()), "Use programs of version %s, or another folder.".formatted(found));
        }
    }

    /// Runs `initdb`. The folder appears whole or not at all.
    void make(Authentication authentication, List<String> furtherOptions) throws IOException {
        if (Files.exists(path) && !isEmpty(path)) {
            throw new LocalPostgresException("The folder %s holds files but no PostgreSQL data, so no server is made there."
                    .formatted(path),
                    "Name an empty or a new folder.");
        }
        Path parent = Files.createDirectories(path).getParent();
        if (parent == null) {
            throw new LocalPostgresException("The root folder cannot hold a server's data.", "Name another folder.");
        }
        Path making = Files.createTempDirectory(parent, ".making-");
        try {
            initdb(making.resolve("data"), making.resolve("password"), authentication, furtherOptions);
            ServerConfiguration.includeIn(making.resolve("data"));
            Files.delete(path);
            Files.move(making.resolve("data"), path, StandardCopyOption.ATOMIC_MOVE);
        } finally {
            FolderTree.delete(making);
        }
    }

    private void initdb(Path target, Path passwordFile, Authentication authentication, List<String> furtherOptions) throws IOException {
        List<String> options = new ArrayList<>(List.of("--pgdata=" + target, "--username=postgres", "--encoding=UTF8", "--locale=C"));
        switch (authentication) {
            case Authentication.Trust() -> options.add("--auth=trust");
            case Authentication.Scram(String password) -> {
                Files.createFile(passwordFile, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
                Files.writeString(passwordFile, password + "\n", StandardCharsets.UTF_8);
                options.addAll(List.of("--auth=scram-sha-256", "--pwfile=" + passwordFile));
            }
        }
        options.addAll(furtherOptions);
        ServerProgram.Outcome outcome = installation.program("initdb").run(INITDB_LIMIT, options);
        if (!outcome.succeeded()) {
            throw new LocalPostgresException("initdb made no data directory in %s (exit code %d). It said:%n%s%n"
                    .formatted(path, outcome.exitCode(), outcome.output()), "Correct what it names, and start again.");
        }
    }

    private static boolean isEmpty(Path folder) throws IOException {
        try (var entries = Files.list(folder)) {
            return entries.findAny().isEmpty();
        }
    }
}
