package dev.millrace.benchmarks.contender;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryType;
import java.nio.file.Files;
import java.nio.file.Path;

/// The most memory that this process has used since it was started.
final class Memory {

    private static final Path STATUS = Path.of("/proc/self/status");
    private static final double KIB_A_MIB = 1024;

    private Memory() {}

    /// Memory in RAM, as Linux tells it; 0 on other systems.
    static double peakResidentMiB() {
        try {
            if (!Files.exists(STATUS)) {
                return 0;
            }
            return Files.readAllLines(STATUS).stream().filter(line -> line.startsWith("VmHWM:"))
                    .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", ""))).findFirst().orElse(0) / KIB_A_MIB;
        } catch (IOException e) {
            throw new UncheckedIOException("/proc/self/status cannot be read", e);
        }
    }

    /// The sum of every heap pool's peak, which they may have had at different moments.
    static double peakHeapMiB() {
        return ManagementFactory.getMemoryPoolMXBeans().stream().filter(pool -> pool.getType() == MemoryType.HEAP)
                .map(MemoryPoolMXBean::getPeakUsage).mapToLong(usage -> usage == null ? 0 : usage.getUsed()).sum()
                / (KIB_A_MIB * KIB_A_MIB);
    }
}
