package dev.millrace.core.spool;

import dev.millrace.core.fault.Fault;
import dev.millrace.core.fault.FaultKind;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A directory of temporary files that belong to one feed. Safe for several threads.
///
/// Several spools, of this and of other processes, may share the directory that they are opened in: each makes a directory of its own
/// there and holds a lock in it. What a killed process left behind holds no lock any more and is removed at the next opening.
public final class Spool implements AutoCloseable {

    private static final String PREFIX = "spool-";
    private static final String LOCK = "lock";

    private final Path parent;
    private final Path directory;
    private final FileChannel lock;
    private long files;

    private Spool(Path parent, Path directory, FileChannel lock) {
        this.parent = parent;
        this.directory = directory;
        this.lock = lock;
    }

    /// Opens a spool within `parent`, which is made if it is not there, and removes leftovers of processes that are gone.
    ///
    /// @throws Fault of kind SPOOL_UNUSABLE if nothing can be written there
    public static Spool open(Path parent) {
        try {
            Files.createDirectories(parent);
            removeLeftovers(parent);
            Path directory = newDirectory(parent);
            FileChannel lock = FileChannel.open(directory.resolve(LOCK), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            lock.lock();
            return new Spool(parent, directory, lock);
        } catch (IOException e) {
            throw unusable(parent, e);
        }
    }

    private static Path newDirectory(Path parent) throws IOException {
        try {
            return Files.createTempDirectory(parent, PREFIX);
        } catch (NoSuchFileException _) {
            // The last one to leave has taken the empty directory away.
            Files.createDirectories(parent);
            return Files.createTempDirectory(parent, PREFIX);
        }
    }

    /// Begins a new file.
    ///
    /// @throws Fault of kind SPOOL_UNUSABLE if it cannot be made
    public SpoolFile newFile() {
        return SpoolFile.create(directory.resolve(nextName()));
    }

    private synchronized String nextName() {
        return "%06d".formatted(files++);
    }

    /// Removes all files, also those that are still open, and the directory that it was opened in if nothing else is there.
    @Override
    public void close() {
        try {
            remove(directory, lock);
            Files.deleteIfExists(parent);
        } catch (IOException _) {
            // What stays is removed by the next opening.
        }
    }

    private static void removeLeftovers(Path parent) throws IOException {
        List<Path> spools = new ArrayList<>();
        try (DirectoryStream<Path> found = Files.newDirectoryStream(parent, PREFIX + "*")) {
            found.forEach(spools::add);
        }
        for (Path spool : spools) {
            removeIfLeft(spool);
        }
    }

    private static void removeIfLeft(Path spool) throws IOException {
        try (FileChannel channel = FileChannel.open(spool.resolve(LOCK), StandardOpenOption.WRITE)) {
            if (tryLock(channel) != null) {
                remove(spool, channel);
            }
        } catch (NoSuchFileException _) {
            // Another process is just making it, or just removing it.
        }
    }

    private static @Nullable FileLock tryLock(FileChannel channel) throws IOException {
        try {
            return channel.tryLock();
        } catch (OverlappingFileLockException _) {
            return null;
        }
    }

    private static void remove(Path spool, FileChannel lock) throws IOException {
        List<Path> left = new ArrayList<>();
        try (DirectoryStream<Path> found = Files.newDirectoryStream(spool)) {
            found.forEach(left::add);
        }
        for (Path file : left) {
            if (!file.endsWith(LOCK)) {
                Files.deleteIfExists(file);
            }
        }
        lock.close();
        Files.deleteIfExists(spool.resolve(LOCK));
        Files.deleteIfExists(spool);
    }

    static Fault unusable(Path place, IOException cause) {
        return new Fault(
                FaultKind.SPOOL_UNUSABLE,
                place.toString(),
                "Temporary files cannot be written or read in %s, so changes that do not fit in memory cannot be kept.".formatted(place),
                "Make room on that disk and the directory writable, or name another directory for temporary files.",
                cause);
    }
}
