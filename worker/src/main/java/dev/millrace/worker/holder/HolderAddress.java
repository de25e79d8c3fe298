package dev.millrace.worker.holder;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Optional;

/// Where the process that holds a destination file answers: a socket beside the file, or, where that path is too long for a socket, one
/// in a folder of the user's own with a name made from the path.
///
/// @param socket the socket's path
public record HolderAddress(Path socket) {

    private static final int LONGEST_PATH = 100;

    /// The address that belongs to a destination file.
    public static HolderAddress of(Path destination) {
        Path file = real(destination.toAbsolutePath().normalize());
        Path beside = file.resolveSibling(file.getFileName() + ".socket");
        if (beside.toString().getBytes(StandardCharsets.UTF_8).length <= LONGEST_PATH) {
            return new HolderAddress(beside);
        }
        return new HolderAddress(runtimeFolder().resolve(digest(file) + ".socket"));
    }

    /// The file through symbolic links, so that one file has one address.
    private static Path real(Path file) {
        try {
            Path parent = file.getParent();
            if (Files.exists(file)) {
                return file.toRealPath();
            }
            return parent == null || !Files.exists(parent) ? file : parent.toRealPath().resolve(file.getFileName());
        } catch (IOException _) {
            return file;
        }
    }

    private static Path runtimeFolder() {
        String given = System.getenv("XDG_RUNTIME_DIR");
        return given != null && !given.isEmpty() && given.length() < 50
                ? Path.of(given, "millrace")
                : Path.of("/tmp", "millrace-" + System.getProperty("user.name"));
    }

    private static String digest(Path file) {
        try {
            byte[] sum = MessageDigest.getInstance("SHA-256").digest(file.toString().getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(sum, 0, 12);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every JVM has SHA-256", e);
        }
    }

    /// Connects to whoever holds the file; empty if nobody does.
    Optional<SocketChannel> connect() {
        if (!Files.exists(socket)) {
            return Optional.empty();
        }
        try {
            return Optional.of(SocketChannel.open(UnixDomainSocketAddress.of(socket)));
        } catch (ConnectException _) {
            return Optional.empty();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// Makes the folder for the socket if it is not the destination's own, readable by the user only, and removes what a killed process
    /// has left. Only for whoever holds the destination file.
    void clear() throws IOException {
        Path folder = socket.getParent();
        if (folder != null && !Files.exists(folder)) {
            Files.createDirectory(folder, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        }
        Files.deleteIfExists(socket);
    }

    /// Removes the socket of a process that was killed. Only for whoever has found out that nobody holds the destination file.
    public void removeStale() {
        try {
            Files.deleteIfExists(socket);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// The kind of socket.
    static StandardProtocolFamily family() {
        return StandardProtocolFamily.UNIX;
    }

    UnixDomainSocketAddress address() {
        return UnixDomainSocketAddress.of(socket);
    }
}
