package dev.millrace.route.pipe;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

/// Two ends whose bytes go to one another.
public final class Pipe {

    private static final int BUFFER_BYTES = 64 << 10;

    private Pipe() {}

    /// Hands bytes on in both directions, on this thread and one more, until the far end has ended or either breaks; then both are closed.
    public static void join(Duplex near, Duplex far) {
        Thread.ofVirtual().name("pipe").start(() -> {
            try {
                pump(near.in(), far.out());
                far.finish();
            } catch (IOException | RuntimeException _) {
                closed(near);
                closed(far);
            }
        });
        try {
            pump(far.in(), near.out());
        } catch (IOException | RuntimeException _) {
            // Either side went away: both are closed, and whoever is left sees that.
        } finally {
            closed(near);
            closed(far);
        }
    }

    private static void pump(InputStream in, OutputStream out) throws IOException {
        byte[] buffer = new byte[BUFFER_BYTES];
        for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
            out.write(buffer, 0, read);
            out.flush();
        }
    }

    private static void closed(Duplex end) {
        try {
            end.close();
        } catch (IOException | RuntimeException _) {
            // It is gone either way.
        }
    }
}
