package dev.millrace.core.spool;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/// One temporary file: written from front to back by one thread, then read any number of times. Closing removes it.
public final class SpoolFile implements AutoCloseable {

    private static final int BUFFER = 1 << 16;

    /// Something that writes.
    @FunctionalInterface
    public interface Writing {
        /// Writes at the end of the file.
        void to(DataOutputStream out) throws IOException;
    }

    private final Path path;
    private final DataOutputStream out;
    private boolean closed;

    private SpoolFile(Path path, DataOutputStream out) {
        this.path = path;
        this.out = out;
    }

    static SpoolFile create(Path path) {
        try {
            FileChannel channel = FileChannel.open(path, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
            return new SpoolFile(path, new DataOutputStream(new BufferedOutputStream(Channels.newOutputStream(channel), BUFFER)));
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
            return new DataInputStream(new BufferedInputStream(Files.newInputStream(path), BUFFER));
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
