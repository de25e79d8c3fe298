package dev.millrace.localpostgres;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/// One of PostgreSQL's programs, which is run to its end.
///
/// As root it is run in a user namespace (`unshare -U`), where the same user has another number: PostgreSQL refuses root.
record ServerProgram(Path executable) {

    /// How a program ended.
    ///
    /// @param exitCode 0 if all went well
    /// @param output what it wrote to both of its streams
    record Outcome(int exitCode, String output) {
        boolean succeeded() {
            return exitCode == 0;
        }
    }

    /// Runs the program for at most `limit`.
    ///
    /// @throws LocalPostgresException if it cannot be started or takes longer; it is then killed
    Outcome run(Duration limit, List<String> arguments) {
        List<String> command = new ArrayList<>(asAnotherUser());
        command.add(executable.toString());
        command.addAll(arguments);
        try {
            return carryOut(command, limit);
        } catch (IOException e) {
            throw notStarted(command, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new LocalPostgresException("The wait for %s was interrupted.".formatted(executable.getFileName()), "Start again.", e);
        }
    }

    private Outcome carryOut(List<String> command, Duration limit) throws IOException, InterruptedException {
        // A file, not a pipe: a server that pg_ctl leaves behind must never hold a stream that we read to its end.
        Path output = Files.createTempFile("millrace-postgres-", ".out");
        try {
            ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(output.toFile())
                    .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()));
            cleanse(builder.environment());
            Process process = builder.start();
            if (!process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
                process.destroyForcibly();
                throw new LocalPostgresException("%s did not end within %d s and was killed. It said:%n%s%n"
                        .formatted(executable.getFileName(), limit.toSeconds(), text(output)), "Look for a disk that does not answer.");
            }
            return understood(new Outcome(process.exitValue(), text(output)));
        } finally {
            Files.deleteIfExists(output);
        }
    }

    private static Outcome understood(Outcome outcome) {
        if (!outcome.succeeded() && outcome.output().startsWith("unshare:")) {
            throw new LocalPostgresException("PostgreSQL refuses to run as root, and this system gives root no user namespace for it (%s)."
                    .formatted(outcome.output()), "Run as an ordinary user, or allow user namespaces (containers: seccomp profile).");
        }
        return outcome;
    }

    private static void cleanse(Map<String, String> environment) {
        environment.keySet().removeIf(name -> name.startsWith("PG") || name.startsWith("LC_") || name.equals("LANGUAGE"));
        environment.put("LC_ALL", "C");
        environment.put("TZ", "UTC");
    }

    private static String text(Path output) throws IOException {
        return new String(Files.readAllBytes(output), StandardCharsets.UTF_8).strip();
    }

    private static List<String> asAnotherUser() {
        return isRoot() ? List.of("unshare", "--user", "--") : List.of();
    }

    private static boolean isRoot() {
        try {
            return Files.getAttribute(Path.of("/proc/self"), "unix:uid") instanceof Integer uid && uid == 0;
        } catch (IOException | UnsupportedOperationException _) {
            // No /proc: not Linux. There, PostgreSQL itself tells root that it is not welcome.
            return false;
        }
    }

    private LocalPostgresException notStarted(List<String> command, IOException cause) {
        if (command.getFirst().equals("unshare")) {
            return new LocalPostgresException(
                    "PostgreSQL refuses to run as root, and the program unshare, which gives it another user, could not be started.",
                    "Install util-linux, or run as an ordinary user.", cause);
        }
        return new LocalPostgresException("%s could not be started.".formatted(executable),
                "Check that the file may be executed and its file system is not mounted noexec.", cause);
    }
}
