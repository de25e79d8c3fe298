package dev.millrace.cli.demo;

import dev.millrace.core.secret.Secret;
import dev.millrace.localpostgres.Authentication;
import dev.millrace.localpostgres.LocalServer;
import dev.millrace.localpostgres.PostgresArchive;
import dev.millrace.localpostgres.PostgresInstallation;
import dev.millrace.localpostgres.ServerSettings;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.HexFormat;

/// Where the demo keeps its things: the source's data, the copy, the settings, and two passwords.
///
/// @param path made when something is put into it
public record DemoFolder(Path path) {

    private static final int PASSWORD_BYTES = 16;

    /// The destination's file.
    public Path warehouse() {
        return path.resolve("warehouse.duckdb");
    }

    /// The settings of the demo's connection.
    public Path settings() {
        return path.resolve("connection.yaml");
    }

    /// The source's server, not started yet; the caller closes it.
    public LocalServer server() {
        PostgresArchive archive = PostgresArchive.onClassPath(DemoFolder.class.getClassLoader());
        PostgresInstallation installation = PostgresInstallation.unpack(archive, PostgresInstallation.defaultCache());
        return new LocalServer(ServerSettings.of(installation, path.resolve("postgres"))
                .with(new Authentication.Scram(owner().reveal())));
    }

    /// The password of the shop's owner, made at the first start.
    public Secret owner() {
        return password("owner-password");
    }

    /// The password of the role that replicates, made at the first start.
    public Secret replicator() {
        return password("password");
    }

    private Secret password(String name) {
        Path file = path.resolve(name);
        try {
            if (!Files.exists(file)) {
                byte[] bytes = new byte[PASSWORD_BYTES];
                new SecureRandom().nextBytes(bytes);
                Files.createDirectories(path);
                Files.createFile(file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
                Files.writeString(file, HexFormat.of().formatHex(bytes) + "\n");
            }
            return Secret.of(Files.readString(file).strip());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// Writes the settings of the connection to the server.
    ///
    /// @param port on which the server listens
    public void writeSettings(int port) {
        replicator();
        try {
            Files.writeString(settings(), """
                    # Written by `millrace demo` at each start. Copy it to change it.
                    source:
                      service: postgres
                      host: 127.0.0.1
                      port: %d
                      database: %s
                      user: %s
                      password: ${file:password}
                      replication_slot: %s
                      publication_name: %s
                    destination:
                      service: duckdb
                      path: warehouse.duckdb
                    schema_prefix: shop
                    sync_frequency: 5
                    """.formatted(port, SampleShop.DATABASE, SampleShop.USER, SampleShop.SLOT, SampleShop.PUBLICATION));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
