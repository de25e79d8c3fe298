package dev.millrace.localpostgres;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;

/// A JVM of its own that starts the server of one data directory and then waits to be ended; it then notes beside the directory
/// (`.exit`) whether the server still runs.
final class OtherProgram implements AutoCloseable {

    private static final String STARTED = "started";

    private final Process process;

    private OtherProgram(Process process) {
        this.process = process;
    }

    /// Runs the program; returns when its server takes sessions.
    static OtherProgram running(Path dataDirectory) throws IOException {
        Process process = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Dmillrace.postgres.binaries=" + System.getProperty("millrace.postgres.binaries"),
                "-cp", System.getProperty("java.class.path"), OtherProgram.class.getName(), dataDirectory.toString())
                .redirectError(ProcessBuilder.Redirect.INHERIT).start();
        BufferedReader said = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
        if (!STARTED.equals(said.readLine())) {
            throw new AssertionError("The other program did not start its server");
        }
        return new OtherProgram(process);
    }

    /// Ends it as `kill -9` does.
    void kill() {
        process.destroyForcibly();
        process.onExit().join();
    }

    /// Asks it to end, as Ctrl-C does, and returns when it has.
    @Override
    public void close() {
        process.destroy();
        process.onExit().join();
    }

    /// Starts the server of the data directory `arguments[0]`.
    public static void main(String[] arguments) throws Exception {
        LocalServer server = new LocalServer(Fixtures.settings(Path.of(arguments[0])));
        server.beforeStopAtExit(() -> write(Path.of(arguments[0] + ".exit"), "running: " + server.isRunning()));
        server.start();
        System.out.println(STARTED);
        new CountDownLatch(1).await();
    }

    private static void write(Path file, String text) {
        try {
            Files.writeString(file, text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
