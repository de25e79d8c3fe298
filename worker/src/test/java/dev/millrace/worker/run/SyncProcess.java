package dev.millrace.worker.run;

import dev.millrace.core.run.Goal;
import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// A continuous sync in a process of its own, which can be killed as `kill -9` does.
final class SyncProcess implements AutoCloseable {

    private final Process process;

    private SyncProcess(Process process) {
        this.process = process;
    }

    /// Starts a process that follows `connection` until it is killed; what it prints goes to `log`.
    static SyncProcess start(TestConnection connection, Path log) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx512m",
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                SyncProcess.class.getName()));
        command.addAll(connection.arguments());
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.redirectOutput(ProcessBuilder.Redirect.appendTo(new File(log.toString())));
        return new SyncProcess(builder.start());
    }

    /// Follows the connection that the arguments describe.
    public static void main(String[] arguments) {
        TestConnection connection = TestConnection.of(arguments);
        try (TestSync sync = connection.open(_ -> {})) {
            sync.run().run(Goal.CONTINUOUS);
        }
    }

    boolean isAlive() {
        return process.isAlive();
    }

    /// Waits until the process ends by itself, but no longer than this.
    void awaitEnd(long nanos) throws InterruptedException {
        process.waitFor(nanos, TimeUnit.NANOSECONDS);
    }

    /// Ends the process as `kill -9` does, wherever it is.
    @Override
    public void close() {
        process.destroyForcibly();
        process.onExit().join();
    }
}
