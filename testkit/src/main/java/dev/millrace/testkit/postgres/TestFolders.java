package dev.millrace.testkit.postgres;

import dev.millrace.localpostgres.FolderTree;
import dev.millrace.localpostgres.LocalServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;

/// Temporary folders for test servers, named after the JVM that made them so that those of a killed JVM can be told and swept away.
final class TestFolders {

    static final String PREFIX = "millrace-test-postgres-";

    static {
        sweep();
    }

    private TestFolders() {}

    /// A new empty folder; whoever asks for it deletes it.
    static Path create() {
        try {
            return Files.createTempDirectory(PREFIX + ProcessHandle.current().pid() + "-");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// The data directory of the server in `folder`.
    static Path data(Path folder) {
        return folder.resolve("data");
    }

    /// Deletes `folder` with all that is in it.
    static void delete(Path folder) {
        try {
            FolderTree.delete(folder);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// Kills the servers of JVMs that are gone and deletes their folders.
    static void sweep() {
        try (DirectoryStream<Path> folders = Files.newDirectoryStream(Path.of(System.getProperty("java.io.tmpdir")), PREFIX + "*")) {
            for (Path folder : folders) {
                if (isOrphan(folder)) {
                    LocalServer.killAbandoned(data(folder));
                    FolderTree.delete(folder);
                }
            }
        } catch (IOException e) {
            System.err.println("Folders of earlier test servers could not be deleted: " + e);
        }
    }

    private static boolean isOrphan(Path folder) {
        String pid = folder.getFileName().toString().substring(PREFIX.length()).split("-", 2)[0];
        return pid.matches("\\d{1,18}") && ProcessHandle.of(Long.parseLong(pid)).isEmpty();
    }
}
