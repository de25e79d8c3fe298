package dev.millrace.core.spool;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/// One temporary file: written from front to back by one thread, then read any number of times. Closing removes it.
///
/// What lies on the disk is encrypted with a key that only this object has. So nobody else can read it, and what a killed process leaves
/// behind nobody can read at all: messages of the log come here as the source sent them, with columns that are to be hashed or left out.
public final class SpoolFile implements AutoCloseable {

    private static final int BUFFER = 1 << 16;

    /// Something that writes.
    @FunctionalInterface
    public interface Writing {
        /// Writes at the end of the file.
        void to(DataOutputStream out) throws IOException;
    }

    private final Path path;
    private final SpoolKey key;
    private final DataOutputStream out;
    private boolean closed;

    private SpoolFile(Path path, SpoolKey key, DataOutputStream out) {
        this.path = path;
        this.key = key;
        this.out = out;
    }

    static SpoolFile create(Path path) {
        try {
            FileChannel channel = FileChannel.open(path, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
            SpoolKey key = SpoolKey.random();
            OutputStream secret = key.encrypting(Channels.newOutputStream(channel));
            return new SpoolFile(path, key, new DataOutputStream(new BufferedOutputStream(secret, BUFFER)));
        } catch (IOException e) {
            throw Spool.unusable(path, e);
        }
    }

    /// Appends to the file.
    ///
    /// @throws dev.millrace.core.fault.Fault of kind SPOOL_UNUSABLE if the disk is full or not writable
    public void append(Writing writing) {
        try {
            writing.to(out);
        } catch (IOException e) {
            throw Spool.unusable(path, e);
        }
    }

    /// Opens the file for reading from its front, with everything that was appended so far. The caller closes the stream.
    ///
    /// @throws UncheckedIOException if it cannot be opened
    public DataInputStream read() {
        try {
            if (!closed) {
                out.flush();
            }
            return new DataInputStream(new BufferedInputStream(key.decrypting(Files.newInputStream(path)), BUFFER));
        } catch (IOException e) {
            throw new UncheckedIOException("Temporary file " + path + " cannot be read.", e);
        }
    }

    /// Removes the file. Safe to call again.
    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        try (out) {
            Files.deleteIfExists(path);
        } catch (IOException _) {
            // The spool removes what stays.
        }
    }
}
