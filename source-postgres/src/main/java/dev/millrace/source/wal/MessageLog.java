package dev.millrace.source.wal;

import dev.millrace.core.spool.Spool;
import dev.millrace.core.spool.SpoolFile;
import dev.millrace.core.change.Tuple;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// Log messages of one open transaction, in order, each behind its length: in memory at first, in a file once [#spill] is called.
final class MessageLog implements AutoCloseable {

    /// Takes messages that are played back.
    @FunctionalInterface
    interface Listener {
        void message(byte[] buffer, int offset, int length);
    }

    private byte[] memory = new byte[1 << 12];
    private int length;
    private @Nullable SpoolFile file;
    private long messagesInFile;

    void append(byte[] buffer, int offset, int size) {
        SpoolFile spilled = file;
        if (spilled != null) {
            messagesInFile++;
            spilled.append(out -> {
                out.writeInt(size);
                out.write(buffer, offset, size);
            });
            return;
        }
        if (size > memory.length - length - 4) {
            memory = Arrays.copyOf(memory, Math.max(memory.length * 2, length + size + 4));
        }
        for (int shift = 24; shift >= 0; shift -= 8) {
            memory[length++] = (byte) (size >>> shift);
        }
        System.arraycopy(buffer, offset, memory, length, size);
        length += size;
    }

    /// What it takes in memory.
    int bytesInMemory() {
        return length;
    }

    /// Moves everything, and everything to come, to a file.
    void spill(Spool spool) {
        SpoolFile spilled = spool.newFile();
        file = spilled;
        byte[] held = memory;
        int to = length;
        memory = new byte[0];
        length = 0;
        for (int at = 0; at < to; ) {
            int size = Tuple.int32(held, at);
            append(held, at + 4, size);
            at += 4 + size;
        }
    }

    /// Plays every message back.
    void play(Listener listener) {
        SpoolFile spilled = file;
        if (spilled != null) {
            playFile(spilled, listener);
        }
        for (int at = 0; at < length; ) {
            int size = Tuple.int32(memory, at);
            listener.message(memory, at + 4, size);
            at += 4 + size;
        }
    }

    private void playFile(SpoolFile spilled, Listener listener) {
        byte[] buffer = new byte[1 << 12];
        try (DataInputStream in = spilled.read()) {
            for (long i = 0; i < messagesInFile; i++) {
                int size = in.readInt();
                if (buffer.length < size) {
                    buffer = new byte[Math.max(size, buffer.length * 2)];
                }
                in.readFully(buffer, 0, size);
                listener.message(buffer, 0, size);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("A large transaction cannot be read back from its temporary file.", e);
        }
    }

    @Override
    public void close() {
        if (file != null) {
            file.close();
        }
    }
}
