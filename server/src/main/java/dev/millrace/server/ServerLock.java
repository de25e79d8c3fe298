package dev.millrace.server;

import dev.millrace.core.fault.Fault;
import dev.millrace.core.fault.FaultKind;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.StandardOpenOption;

/// That nobody else works in a server's folder: two servers there would each take the other's runs for abandoned.
///
/// The system lets go of it when the process ends, however it ends.
public final class ServerLock implements AutoCloseable {

    private final FileChannel channel;

    private ServerLock(FileChannel channel) {
        this.channel = channel;
    }

    /// Takes it.
    ///
    /// @throws Fault `STATE_UNUSABLE` if somebody has it, or the folder cannot be written
    public static ServerLock take(Home home) {
        try {
            Files.createDirectories(home.folder());
            FileChannel channel = FileChannel.open(home.lock(), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            if (isTaken(channel)) {
                return new ServerLock(channel);
            }
            channel.close();
            throw new Fault(
                    FaultKind.STATE_UNUSABLE,
                    home.folder().toString(),
                    "Another server is at work in %s, so nothing was done there.".formatted(home.folder()),
                    "Use that one, stop it first, or name another folder: --home.");
        } catch (IOException e) {
            throw new Fault(
                    FaultKind.STATE_UNUSABLE,
                    home.folder().toString(),
                    "The server's folder %s cannot be written.".formatted(home.folder()),
                    "Give this user the right, or name another one: --home.",
                    e);
        }
    }

    private static boolean isTaken(FileChannel channel) throws IOException {
        try {
            return channel.tryLock() != null;
        } catch (OverlappingFileLockException _) {
            return false;
        }
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }
}
