package dev.millrace.destination.iceberg;

import dev.millrace.core.fault.Fault;
import dev.millrace.core.fault.FaultKind;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Keeps a second run away from a connection in a warehouse of this machine. The system lets go of it when the process ends, however that is.
final class WarehouseLock implements AutoCloseable {

    private final FileChannel channel;

    private WarehouseLock(FileChannel channel) {
        this.channel = channel;
    }

    /// Takes the lock; empty where the warehouse is not of this machine.
    ///
    /// @throws Fault `DESTINATION_HELD` if somebody has it
    static Optional<WarehouseLock> of(String warehouse, String connection) {
        if (!LocalFileIO.isLocal(warehouse)) {
            return Optional.empty();
        }
        Path folder = LocalFileIO.path(warehouse).resolve("_millrace");
        try {
            Files.createDirectories(folder);
            FileChannel channel = FileChannel.open(
                    folder.resolve(connection.replaceAll("[^A-Za-z0-9_.-]", "_") + ".lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            FileLock lock = tryLock(channel);
            if (lock == null) {
                channel.close();
                throw new Fault(
                        FaultKind.DESTINATION_HELD,
                        warehouse,
                        "Another run writes for this connection to %s.".formatted(warehouse),
                        "Stop it, and start the run again.");
            }
            return Optional.of(new WarehouseLock(channel));
        } catch (IOException e) {
            throw IcebergFaults.of(e, warehouse);
        }
    }

    private static @Nullable FileLock tryLock(FileChannel channel) throws IOException {
        try {
            return channel.tryLock();
        } catch (OverlappingFileLockException _) {
            return null;
        }
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            throw new StorageFailure(e);
        }
    }
}
