package dev.millrace.benchmarks;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/// CPU time that a server's processes have used since it was started, those that have ended included.
///
/// @param seconds the time in user and kernel mode; 0 where the system has no `/proc`
record ServerCpu(double seconds) {

    // Linux counts in these units towards programs, on every processor.
    private static final double TICKS_A_SECOND = 100;
    private static final int USER_FIELD = 11;
    private static final int OWN_FIELDS = 2;
    private static final int FIELDS_WITH_ENDED_CHILDREN = 4;

    /// That of the server in `dataDirectory`, now.
    static ServerCpu of(Path dataDirectory) {
        try {
            long pid = Long.parseLong(Files.readAllLines(dataDirectory.resolve("postmaster.pid")).getFirst().strip());
            double ended = seconds(pid, FIELDS_WITH_ENDED_CHILDREN);
            double living = ProcessHandle.of(pid).stream().flatMap(ProcessHandle::descendants)
                    .mapToDouble(each -> seconds(each.pid(), OWN_FIELDS)).sum();
            return new ServerCpu(ended + living);
        } catch (IOException e) {
            throw new UncheckedIOException("The server's process is not to be found", e);
        }
    }

    /// The time used since `earlier`.
    double since(ServerCpu earlier) {
        return seconds - earlier.seconds;
    }

    private static double seconds(long pid, int fields) {
        return statistics(pid).map(text -> seconds(text, fields)).orElse(0.0);
    }

    /// Adds up that many fields of a line of `/proc/<pid>/stat`, from user time on: user, system, ended children's user, their system.
    static double seconds(String statistics, int fields) {
        // The name of the program, in parentheses, can hold blanks.
        String[] found = statistics.substring(statistics.lastIndexOf(')') + 2).split(" ");
        long ticks = 0;
        for (int i = USER_FIELD; i < USER_FIELD + fields; i++) {
            ticks += Long.parseLong(found[i]);
        }
        return ticks / TICKS_A_SECOND;
    }

    private static Optional<String> statistics(long pid) {
        try {
            return Optional.of(Files.readString(Path.of("/proc/" + pid + "/stat")));
        } catch (IOException _) {
            // It has ended since it was listed, or this is not Linux.
            return Optional.empty();
        }
    }
}
