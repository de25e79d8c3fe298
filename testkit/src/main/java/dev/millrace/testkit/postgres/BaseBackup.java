package dev.millrace.testkit.postgres;

import dev.millrace.localpostgres.LocalServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Set;

/// A copy of a running server's data directory, made by PostgreSQL's low-level interface, since the test binaries have no `pg_basebackup`.
///
/// @see <a href="https://www.postgresql.org/docs/current/continuous-archiving.html#BACKUP-LOWLEVEL-BASE-BACKUP">Low-level base backup</a>
final class BaseBackup {

    private static final int PG_15 = 15;

    /// What the manual has left out, and what names the server itself: its port, and its log.
    private static final Set<String> LEFT_OUT = Set.of("postmaster.pid", "postmaster.opts", "millrace.conf", "server.log");

    /// Folders that the manual has copied empty; of the log, the standby fetches what it needs.
    private static final Set<String> LEFT_EMPTY = Set.of(
            "pg_wal", "pg_replslot", "pg_dynshmem", "pg_notify", "pg_serial", "pg_snapshots", "pg_stat_tmp", "pg_subtrans");

    private BaseBackup() {}

    /// Copies `server`'s data to `target`, which does not exist yet.
    static void take(LocalServer server, Path target) {
        boolean renamed = server.settings().installation().majorVersion() >= PG_15;
        String begin = renamed ? "SELECT pg_backup_start('standby', true)" : "SELECT pg_start_backup('standby', true, false)";
        String end = renamed ? "SELECT labelfile FROM pg_backup_stop(false)" : "SELECT labelfile FROM pg_stop_backup(false, false)";
        try (Connection session = DriverManager.getConnection(
                        server.jdbcUrl("postgres"), TestPostgres.SUPERUSER, TestPostgres.SUPERUSER_PASSWORD);
                Statement statement = session.createStatement()) {
            statement.execute(begin);
            copy(server.settings().dataDirectory(), target);
            try (ResultSet row = statement.executeQuery(end)) {
                row.next();
                Files.writeString(target.resolve("backup_label"), row.getString(1), StandardCharsets.UTF_8);
            }
        } catch (SQLException e) {
            throw new AssertionError(e.getMessage(), e);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void copy(Path source, Path target) throws IOException {
        Files.walkFileTree(source, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) throws IOException {
                if (isLeftOut(folder)) {
                    return FileVisitResult.SKIP_SUBTREE;
                }
                // PostgreSQL starts in no folder that others may look into.
                Files.createDirectory(copyOf(folder), PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                if (!isLeftOut(file)) {
                    try {
                        Files.copy(file, copyOf(file));
                    } catch (NoSuchFileException _) {
                        // The server deletes files meanwhile; its log says so.
                    }
                }
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFileFailed(Path file, IOException failure) throws IOException {
                if (failure instanceof NoSuchFileException) {
                    return FileVisitResult.CONTINUE;
                }
                throw failure;
            }

            private boolean isLeftOut(Path path) {
                Path within = source.relativize(path);
                return LEFT_OUT.contains(within.toString())
                        || within.getNameCount() > 1 && LEFT_EMPTY.contains(within.getName(0).toString());
            }

            private Path copyOf(Path path) {
                return target.resolve(source.relativize(path));
            }
        });
    }
}
