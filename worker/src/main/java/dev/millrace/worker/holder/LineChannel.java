package dev.millrace.worker.holder;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/// Lines of UTF-8 over a socket. One thread reads and one writes.
final class LineChannel implements AutoCloseable {

    private static final int LONGEST_LINE = 64 << 20;

    private final SocketChannel channel;
    private final ByteBuffer read = ByteBuffer.allocate(64 << 10).flip();

    LineChannel(SocketChannel channel) {
        this.channel = channel;
    }

    /// The next line without its end; empty behind the last one.
    Optional<String> readLine() throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        while (line.size() <= LONGEST_LINE) {
            while (read.hasRemaining()) {
                byte next = read.get();
                if (next == '\n') {
                    return Optional.of(line.toString(StandardCharsets.UTF_8));
                }
                line.write(next);
            }
            read.clear();
            int count = channel.read(read);
            read.flip();
            if (count < 0) {
                return Optional.empty();
            }
        }
        throw new IOException("A line is longer than " + LONGEST_LINE + " bytes");
    }

    /// Writes a line, which has no line break in it.
    void writeLine(String line) throws IOException {
        ByteBuffer bytes = ByteBuffer.wrap((line + "\n").getBytes(StandardCharsets.UTF_8));
        while (bytes.hasRemaining()) {
            channel.write(bytes);
        }
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException _) {
            // It is of no use any more either way.
            return;
        }
    }
}
