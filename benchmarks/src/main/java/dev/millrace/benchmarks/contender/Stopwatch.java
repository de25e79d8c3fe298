package dev.millrace.benchmarks.contender;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;

/// Takes the time and this process's CPU time between two moments. For use by one contender, whose threads may differ between the two.
public final class Stopwatch {

    private final OperatingSystemMXBean system = ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);
    private final long startNanos = System.nanoTime();
    private final long startCpuNanos = system.getProcessCpuTime();
    private long rows = -1;
    private long wallNanos;
    private long cpuNanos;

    /// A watch that runs from now on.
    Stopwatch() {}

    /// Says that the work is done and how many rows or changes it was.
    ///
    /// @throws IllegalStateException if it was said before
    public synchronized void stop(long rowsDone) {
        if (rows >= 0) {
            throw new IllegalStateException("The watch was stopped before");
        }
        wallNanos = System.nanoTime() - startNanos;
        cpuNanos = system.getProcessCpuTime() - startCpuNanos;
        rows = rowsDone;
    }

    /// What was taken.
    ///
    /// @throws IllegalStateException if the watch was never stopped
    synchronized Reading reading() {
        if (rows < 0) {
            throw new IllegalStateException("The contender has returned without stopping the watch");
        }
        return new Reading(rows, wallNanos / 1e9, cpuNanos / 1e9, Memory.peakResidentMiB(), Memory.peakHeapMiB());
    }
}
