package dev.millrace.server.connection;

/// How the memory of a server is divided among the runs that may go on at the same time: by the size of their batches, which is what a run's memory
/// follows.
///
/// @param heapBytes what this process may use
/// @param runs how many may go on
public record MemoryShare(long heapBytes, int runs) {

    /// The rest is for the server itself, for its pages and for what a batch is besides its bytes.
    private static final double FOR_BATCHES = 0.6;

    /// One that is filled, one that waits, one that is written.
    private static final int BATCHES_OF_A_RUN = 3;

    private static final long MEGABYTE = 1 << 20;
    private static final long LARGEST = 24;

    /// Of this process.
    public static MemoryShare ofProcess(int runs) {
        return new MemoryShare(Runtime.getRuntime().maxMemory(), runs);
    }

    /// What DuckDB may use outside of the heap, for all the files that are open together: as much again as the heap.
    public long databases() {
        return heapBytes;
    }

    /// The size at which a run's batches are cut, as `limits.batch_bytes` has it; never more than a run alone would take.
    public String batch() {
        long megabytes = (long) (heapBytes * FOR_BATCHES) / runs / BATCHES_OF_A_RUN / MEGABYTE;
        return Math.clamp(megabytes, 1, LARGEST) + "MB";
    }
}
