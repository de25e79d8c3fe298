package dev.millrace.localpostgres;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

/// A server's first process, as its data directory names it (`postmaster.pid`). It may be long dead.
///
/// @param process the process that has the number written there: the server, or, where a dead server's number was given out again, any
record Postmaster(ProcessHandle process) {

    private static final String FILE = "postmaster.pid";

    /// What `dataDirectory` says; empty if it names no living server of its own.
    static Optional<Postmaster> of(Path dataDirectory) {
        return named(dataDirectory).filter(found -> lives(found.process) && found.serves(dataDirectory));
    }

    /// Whether a server that no longer runs was killed before it could take its file away.
    ///
    /// If the number in the file is a stranger's by now, the file is deleted, since PostgreSQL would take the stranger for its server.
    static boolean leftItsFile(Path dataDirectory) throws IOException {
        Path file = dataDirectory.resolve(FILE);
        boolean left = Files.exists(file);
        if (left && named(dataDirectory).isPresent()) {
            Files.delete(file);
        }
        return left;
    }

    private static Optional<Postmaster> named(Path dataDirectory) {
        return lines(dataDirectory).stream().findFirst()
                .filter(line -> line.matches("\\d{1,18}"))
                .flatMap(line -> ProcessHandle.of(Long.parseLong(line)))
                .map(Postmaster::new);
    }

    /// Whether the server of `dataDirectory` says that sessions are welcome; a standby that takes none counts too.
    static boolean isReady(Path dataDirectory) {
        List<String> lines = lines(dataDirectory);
        return lines.size() > 7 && List.of("ready", "standby").contains(lines.get(7).strip());
    }

    private static List<String> lines(Path dataDirectory) {
        try {
            return Files.readAllLines(dataDirectory.resolve(FILE), StandardCharsets.UTF_8);
        } catch (IOException _) {
            // Not there: no server. A server that is stopping takes it away at any moment.
            return List.of();
        }
    }

    /// Whether this is the server of `dataDirectory`, and not a stranger with a dead server's number.
    private boolean serves(Path dataDirectory) {
        ProcessHandle.Info facts = process.info();
        if (facts.command().isEmpty() || facts.arguments().isEmpty()) {
            return true;
        }
        return facts.command().get().endsWith("/postgres")
                && Stream.of(facts.arguments().get()).anyMatch(argument -> isSame(argument, dataDirectory));
    }

    private static boolean isSame(String argument, Path dataDirectory) {
        try {
            return argument.startsWith("/") && Files.isSameFile(Path.of(argument), dataDirectory);
        } catch (IOException | InvalidPathException _) {
            return false;
        }
    }

    /// Kills the server and all its processes as a power cut would, and returns when they are gone.
    void kill() {
        List<ProcessHandle> doomed = new ArrayList<>(process.descendants().toList());
        // The first process goes first, or it would start others.
        doomed.addFirst(process);
        for (ProcessHandle each : doomed) {
            each.destroyForcibly();
            awaitDeath(each);
        }
    }

    private static void awaitDeath(ProcessHandle process) {
        long end = System.nanoTime() + Duration.ofSeconds(30).toNanos();
        while (lives(process)) {
            if (System.nanoTime() > end) {
                throw new LocalPostgresException("Process %d was killed but has not ended for 30 s.".formatted(process.pid()),
                        "Look for a disk that does not answer.");
            }
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(2));
        }
    }

    private static boolean lives(ProcessHandle process) {
        return process.isAlive() && !isZombie(process.pid());
    }

    /// Whether only the process's number is left, because nobody has asked how it ended (containers whose first process does not).
    private static boolean isZombie(long pid) {
        try {
            String stat = Files.readString(Path.of("/proc/" + pid + "/stat"), StandardCharsets.UTF_8);
            return stat.startsWith(") Z", stat.lastIndexOf(')'));
        } catch (IOException _) {
            return false;
        }
    }
}
