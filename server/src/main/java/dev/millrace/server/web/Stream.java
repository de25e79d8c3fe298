package dev.millrace.server.web;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;

/// What a browser that listens is told, as server-sent events. Stays with one request and its thread.
public final class Stream {

    private final OutputStream out;
    private boolean gone;

    Stream(OutputStream out) {
        this.out = out;
    }

    /// Tells of an event.
    ///
    /// @param html to be put into the page
    public void tell(String event, String html) {
        StringBuilder text = new StringBuilder("event: ").append(event).append('\n');
        html.lines().forEach(line -> text.append("data: ").append(line).append('\n'));
        write(text.append(html.isEmpty() ? "data:\n\n" : "\n").toString());
    }

    /// Keeps the way open, and finds out whether somebody is still there.
    public void breathe() {
        write(": still here\n\n");
    }

    private void write(String text) {
        try {
            out.write(text.getBytes(StandardCharsets.UTF_8));
            out.flush();
        } catch (IOException _) {
            gone = true;
        }
    }

    /// Whether nobody listens any more.
    public boolean isGone() {
        return gone;
    }
}
