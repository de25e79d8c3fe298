package dev.millrace.destination.duckdb;

/// The memory that DuckDB may use for all the files that are open in this process together. A process is one: so is its budget.
///
/// Whoever sets none leaves each file what its settings say.
public final class DuckBudget {

    /// What a file has at the least, however many are open: with less, DuckDB works little and writes temporary files much.
    public static final long LEAST_BYTES = 128L << 20;

    private static final long NONE = Long.MAX_VALUE;

    private static volatile long bytes = NONE;

    private DuckBudget() {}

    /// Sets it. Files that are open have their share of it from now on.
    ///
    /// @param all for all files together; each has [#LEAST_BYTES], even if that is more
    public static void set(long all) {
        bytes = all;
        DuckDatabase.divideMemory();
    }

    static boolean isSet() {
        return bytes != NONE;
    }

    /// The share of one file.
    ///
    /// @param wanted what its settings say, which is never exceeded
    /// @param files that are open
    static long share(long wanted, int files) {
        return Math.min(wanted, Math.max(LEAST_BYTES, bytes / Math.max(1, files)));
    }
}
