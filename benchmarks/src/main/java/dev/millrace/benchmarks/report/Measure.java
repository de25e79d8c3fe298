package dev.millrace.benchmarks.report;

import dev.millrace.benchmarks.workload.Part;

/// What one contender did in one round.
///
/// @param part what was measured
/// @param contender its name
/// @param round counted from 1
/// @param rows how many rows or changes it dealt with, at least 1
/// @param wallSeconds how long that took, more than 0
/// @param cpuSeconds CPU time of its process meanwhile
/// @param serverCpuSeconds CPU time of all the server's processes while its JVM lived; 0 where the system does not tell
/// @param residentMiB the most memory its process had in RAM; 0 where the system does not tell
/// @param heapMiB the most Java heap in use, garbage included
public record Measure(Part part, String contender, int round, long rows, double wallSeconds, double cpuSeconds, double serverCpuSeconds,
        double residentMiB, double heapMiB) {

    /// Refuses what nothing can be divided by.
    public Measure {
        if (rows < 1 || wallSeconds <= 0) {
            throw new IllegalArgumentException("%s was done with %d rows in %s s".formatted(contender, rows, wallSeconds));
        }
    }

    /// Rows a second.
    public double rowsPerSecond() {
        return rows / wallSeconds;
    }

    /// Rows a second of CPU time of the contender's process.
    public double rowsPerCpuSecond() {
        return rows / cpuSeconds;
    }
}
