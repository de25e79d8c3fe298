package dev.millrace.worker.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.core.fault.Fault;
import dev.millrace.core.run.Goal;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/// A continuous sync in a process of its own, which can be killed as `kill -9` does.
final class SyncProcess implements AutoCloseable {

    private static final String FILE_BYTES = "millrace.test.file.bytes";

    private final Process process;

    private SyncProcess(Process process) {
        this.process = process;
    }

    /// Starts a process that follows `connection` until it is killed; what it prints goes to `log`.
    static SyncProcess start(TestConnection connection, Path log) throws IOException {
        return start(connection, log, List.of());
    }

    /// The same, in which no file can become larger than so many bytes.
    static SyncProcess startWithSmallDisk(TestConnection connection, Path log, long fileBytes) throws IOException {
        return start(connection, log, List.of("-D%s=%d".formatted(FILE_BYTES, fileBytes)));
    }

    /// The same with another heap.
    static SyncProcess startWithHeap(TestConnection connection, Path log, int megabytes) throws IOException {
        return start(connection, log, List.of("-Xmx%dm".formatted(megabytes)));
    }

    private static SyncProcess start(TestConnection connection, Path log, List<String> options) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx512m",
                "--enable-native-access=ALL-UNNAMED"));
        command.addAll(options);
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), SyncProcess.class.getName()));
        command.addAll(connection.arguments());
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.redirectOutput(ProcessBuilder.Redirect.appendTo(new File(log.toString())));
        return new SyncProcess(builder.start());
    }

    /// Starts a process again and again and kills each after a random while, until a moment (`System.nanoTime`) has come. None may end by
    /// itself.
    ///
    /// @param connection gives what the next one follows
    /// @return how many were killed
    static int killAgainAndAgain(Supplier<TestConnection> connection, Path log, Random random, int shortestLifeMillis, long deadline)
            throws IOException, InterruptedException {
        int kills = 0;
        while (System.nanoTime() < deadline) {
            try (SyncProcess process = start(connection.get(), log)) {
                long life = TimeUnit.MILLISECONDS.toNanos(shortestLifeMillis + random.nextInt(4_000));
                process.awaitEnd(Math.min(life, Math.max(1, deadline - System.nanoTime())));
                assertThat(process.isAlive()).as(() -> "the sync ended by itself:\n" + read(log)).isTrue();
                kills++;
            }
        }
        return kills;
    }

    private static String read(Path log) {
        try {
            return Files.readString(log);
        } catch (IOException e) {
            return e.toString();
        }
    }

    /// Follows the connection that the arguments describe; a fault is printed, and ends it with code 1.
    public static void main(String[] arguments) {
        TestConnection connection = TestConnection.of(arguments);
        try (TestSync sync = connection.open(_ -> {})) {
            // Not before: opening DuckDB unpacks its library into a file.
            Optional.ofNullable(Long.getLong(FILE_BYTES)).ifPresent(FileSizeLimit::set);
            sync.run().run(Goal.CONTINUOUS);
        } catch (Fault e) {
            System.out.printf("%s: %s %s%n", e.kind(), e.description(), e.remedy());
            System.exit(1);
        }
    }

    /// The code that the process ended with.
    int exitCode() {
        return process.exitValue();
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
