package dev.millrace.destination.iceberg;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.apache.iceberg.io.FileIO;

/// The warehouse's files as files of this machine, which is what DuckDB reads and writes.
///
/// Where the warehouse lies on this machine they are the same. Otherwise a file is written here first and then brought there, and fetched when it
/// is read; those that were used last are kept, up to a size. Any thread.
final class LakeFiles implements AutoCloseable {

    private final Supplier<FileIO> io;
    private final Path cache;
    private final long cacheBytes;
    private final Object fetching = new Object();
    private final AtomicInteger holders = new AtomicInteger();

    /// @param io gives Iceberg's way to the storage
    /// @param cache a folder of our own
    LakeFiles(Supplier<FileIO> io, Path cache, long cacheBytes) {
        this.io = io;
        this.cache = cache;
        this.cacheBytes = cacheBytes;
    }

    /// A new folder of this machine for a cache.
    static Path newCache(IcebergSettings settings) {
        try {
            return settings.temporaryDirectory().isPresent()
                    ? Files.createTempDirectory(Files.createDirectories(settings.temporaryDirectory().get()), "millrace-lake")
                    : Files.createTempDirectory("millrace-lake");
        } catch (IOException e) {
            throw new StorageFailure(e);
        }
    }

    /// Something that writes a file.
    @FunctionalInterface
    interface Writer<T> {
        /// Writes it.
        T write(Path file);
    }

    /// Writes a new file.
    <T> T write(String location, Writer<T> writer) {
        Path file = place(location);
        try {
            Files.createDirectories(file.getParent());
            T result = writer.write(file);
            if (LocalFileIO.isLocal(location)) {
                LocalFileIO.force(file);
            } else {
                upload(file, location);
            }
            return result;
        } catch (IOException e) {
            discard(file);
            throw IcebergFaults.of(e, location);
        } catch (Throwable e) {
            discard(file);
            throw e;
        }
    }

    private static void discard(Path file) {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            throw new StorageFailure(e);
        }
    }

    private void upload(Path file, String location) throws IOException {
        try (InputStream in = Files.newInputStream(file);
                OutputStream out = io.get().newOutputFile(location).createOrOverwrite()) {
            in.transferTo(out);
        }
    }

    /// The files of this machine that have what is at some locations, in the same order.
    List<Path> read(Collection<String> locations) {
        List<Path> files = new ArrayList<>();
        synchronized (fetching) {
            for (String location : locations) {
                files.add(LocalFileIO.isLocal(location) ? LocalFileIO.path(location) : fetched(location));
            }
        }
        return files;
    }

    private Path fetched(String location) {
        Path file = place(location);
        if (Files.exists(file)) {
            touch(file);
            return file;
        }
        Path part = file.resolveSibling(file.getFileName() + ".part");
        try {
            Files.createDirectories(file.getParent());
            try (InputStream in = io.get().newInputFile(location).newStream()) {
                Files.copy(in, part, StandardCopyOption.REPLACE_EXISTING);
            }
            return Files.move(part, file, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw IcebergFaults.of(e, location);
        }
    }

    private static void touch(Path file) {
        try {
            Files.setLastModifiedTime(file, FileTime.from(Instant.now()));
        } catch (IOException e) {
            throw new StorageFailure(e);
        }
    }

    /// Where the file of a location is, or would be.
    Path place(String location) {
        if (LocalFileIO.isLocal(location)) {
            return LocalFileIO.path(location);
        }
        return cache.resolve(location.replace("://", "/"));
    }

    /// The location that a file of this machine has as a rule.
    String location(Path file) {
        if (!file.startsWith(cache)) {
            return LocalFileIO.location(file);
        }
        Path below = cache.relativize(file);
        return below.getName(0) + "://" + below.subpath(1, below.getNameCount());
    }

    /// The SQL of the same, made of a file's name.
    String locationSql(String name) {
        String prefix = ParquetFiles.quoted(cache) + "/";
        return "CASE WHEN starts_with(%1$s, '%2$s') THEN regexp_replace(substr(%1$s, %3$d), '/', '://') ELSE 'file://' || %1$s END"
                .formatted(name, prefix, cache.toString().length() + 2);
    }

    /// Removes a file, if it is there.
    void remove(String location) {
        discard(place(location));
        if (!LocalFileIO.isLocal(location)) {
            io.get().deleteFile(location);
        }
    }

    /// A new folder of this machine.
    Path newFolder() {
        try {
            Files.createDirectories(cache);
            return Files.createTempDirectory(cache, "parts");
        } catch (IOException e) {
            throw new StorageFailure(e);
        }
    }

    /// Keeps every file that is here, until as many have let go.
    void hold() {
        holders.incrementAndGet();
    }

    /// Lets go of the files.
    void letGo() {
        holders.decrementAndGet();
    }

    /// Lets the files go that were not used for longest, until the rest has its size; unless somebody holds them.
    void trim() {
        if (holders.get() > 0 || !Files.isDirectory(cache)) {
            return;
        }
        try (Stream<Path> all = Files.walk(cache)) {
            List<Path> files = all.filter(Files::isRegularFile)
                    .sorted(Comparator.comparing(LakeFiles::age).reversed())
                    .toList();
            long bytes = 0;
            for (Path file : files) {
                bytes += Files.size(file);
                if (bytes > cacheBytes) {
                    Files.deleteIfExists(file);
                }
            }
        } catch (IOException e) {
            throw new StorageFailure(e);
        }
    }

    private static long age(Path file) {
        try {
            return Files.getLastModifiedTime(file).toMillis();
        } catch (IOException e) {
            throw new StorageFailure(e);
        }
    }

    @Override
    public void close() {
        if (!Files.isDirectory(cache)) {
            return;
        }
        try (Stream<Path> all = Files.walk(cache)) {
            for (Path file : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        } catch (IOException e) {
            throw new StorageFailure(e);
        }
    }
}
