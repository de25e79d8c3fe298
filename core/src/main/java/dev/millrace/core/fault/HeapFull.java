package dev.millrace.core.fault;

/// What becomes of an [OutOfMemoryError]: everything else has its limit, but a row lies in memory whole, and may have up to 1 GB.
///
/// What did not fit was a single large array, as a rule, so there is room to say so once it has been given up.
public final class HeapFull {

    private static final long GIGABYTE = 1L << 30;

    private HeapFull() {}

    /// The fault.
    ///
    /// @param subject what was read or written, as far as it is known: a table, the log
    public static Fault fault(String subject, OutOfMemoryError error) {
        long most = Runtime.getRuntime().maxMemory();
        return new Fault(
                FaultKind.MEMORY_FULL,
                subject,
                "A row of %s, with its copies on the way, is larger than this process's memory of %d MB; nothing of the last step was kept."
                        .formatted(subject, most >> 20),
                "Give the process more memory, `MILLRACE_JAVA_OPTS=-Xmx%dg`, and run again: it goes on from its last commit. A row needs about three times its size."
                        .formatted(2 * Math.max(1, (most + GIGABYTE / 2) / GIGABYTE)),
                error);
    }
}
