package dev.millrace.benchmarks.contender;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import tools.jackson.databind.json.JsonMapper;

/// A JVM for one contender, with the same class path as ours and the same options for everyone. What it prints goes into a file in the
/// assignment's folder.
///
/// @param assignment what it is told
/// @param limit after which it is killed
public record ContenderProcess(Assignment assignment, Duration limit) {

    /// The JVM's options.
    public static final List<String> OPTIONS = List.of("-Xmx512m", "--enable-native-access=ALL-UNNAMED");

    private static final int EXCERPT_LINES = 20;

    /// Has the contender prepare itself; returns when it has.
    ///
    /// @throws IOException if it failed
    public void prepare() throws IOException, InterruptedException {
        start("prepare");
    }

    /// Has the contender do its work; returns when its JVM has ended.
    ///
    /// @throws IOException if it failed
    public Reading run() throws IOException, InterruptedException {
        start("run");
        return new JsonMapper().readValue(Files.readString(file("reading.json")), Reading.class);
    }

    private void start(String what) throws IOException, InterruptedException {
        Files.createDirectories(assignment.folder());
        Files.writeString(file("assignment.json"), new JsonMapper().writeValueAsString(assignment));
        Path output = file(what + ".log");
        List<String> command = Stream.concat(
                Stream.concat(Stream.of(Path.of(System.getProperty("java.home"), "bin", "java").toString()), OPTIONS.stream()),
                Stream.of("-cp", System.getProperty("java.class.path"), ContenderProgram.class.getName(), what,
                        file("assignment.json").toString(), file("reading.json").toString())).toList();
        Process process = new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(output.toFile()).start();
        Thread killer = Thread.ofPlatform().unstarted(process::destroyForcibly);
        Runtime.getRuntime().addShutdownHook(killer);
        try {
            boolean ended = process.waitFor(limit.toSeconds(), TimeUnit.SECONDS);
            if (!ended || process.exitValue() != 0) {
                throw failure(what, ended, output);
            }
        } finally {
            process.destroyForcibly();
            Runtime.getRuntime().removeShutdownHook(killer);
        }
    }

    private Path file(String name) {
        return assignment.folder().resolve(name);
    }

    private IOException failure(String what, boolean ended, Path output) throws IOException {
        List<String> lines = Files.readAllLines(output);
        return new IOException("%s of %s in %s %s. The end of %s:%n%s".formatted(what, assignment.contender(), assignment.part(),
                ended ? "failed" : "was not done after " + limit.toMinutes() + " minutes", output,
                String.join(System.lineSeparator(), lines.subList(Math.max(0, lines.size() - EXCERPT_LINES), lines.size()))));
    }
}
