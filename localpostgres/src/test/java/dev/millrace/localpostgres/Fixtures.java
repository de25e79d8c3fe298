package dev.millrace.localpostgres;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;

/// The programs and settings with which the tests of this module start servers.
final class Fixtures {

    private Fixtures() {}

    static Path jar() throws IOException {
        Path folder = Path.of(System.getProperty("millrace.postgres.binaries"));
        try (DirectoryStream<Path> jars = Files.newDirectoryStream(folder, Platform.current().artefactId() + "-17.*.jar")) {
            return jars.iterator().next();
        }
    }

    static ServerSettings settings(Path dataDirectory) throws IOException {
        PostgresInstallation installation = PostgresInstallation.unpack(PostgresArchive.inJar(jar()), PostgresInstallation.defaultCache());
        return ServerSettings.of(installation, dataDirectory)
                .withInitdbOptions("--no-sync")
                .withConfiguration(Map.of("fsync", "off"));
    }

    static void execute(LocalServer server, String sql) throws SQLException {
        try (Connection session = session(server); Statement statement = session.createStatement()) {
            statement.execute(sql);
        }
    }

    static String value(LocalServer server, String sql) throws SQLException {
        try (Connection session = session(server); Statement statement = session.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            rows.next();
            return String.valueOf(rows.getString(1));
        }
    }

    static Connection session(LocalServer server) throws SQLException {
        return DriverManager.getConnection(server.jdbcUrl("postgres"), "postgres", "");
    }

    /// The number of the server's first process, as its data directory names it.
    static long pid(LocalServer server) throws IOException {
        return Long.parseLong(Files.readAllLines(server.settings().dataDirectory().resolve("postmaster.pid")).getFirst());
    }
}
