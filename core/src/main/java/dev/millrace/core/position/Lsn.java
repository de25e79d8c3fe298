package dev.millrace.core.position;

/// The position of a byte in the write-ahead log, counted from the start of the cluster.
///
/// Orders as PostgreSQL orders (`0/FF` before `1/0`, unsigned) and prints as PostgreSQL prints (`pg_lsn`). Text that is not an LSN
/// is refused, never read as zero.
///
/// @param bytes the position, unsigned
public record Lsn(long bytes) implements Comparable<Lsn> {

    /// The position before every byte of the log: PostgreSQL's `InvalidXLogRecPtr`.
    public static final Lsn ZERO = new Lsn(0);

    private static final int PAGE = 8192;
    private static final int PAGE_HEADER_MAX = 40;

    /// Reads PostgreSQL's text form, two hexadecimal halves with a slash between them.
    ///
    /// @throws IllegalArgumentException if `text` is anything else
    public static Lsn parse(String text) {
        int slash = text.indexOf('/');
        if (slash < 1 || slash > 8 || text.length() - slash < 2 || text.length() - slash > 9) {
            throw invalid(text);
        }
        try {
            long high = Long.parseUnsignedLong(text.substring(0, slash), 16);
            long low = Long.parseUnsignedLong(text.substring(slash + 1), 16);
            return new Lsn(high << 32 | low);
        } catch (NumberFormatException _) {
            throw invalid(text);
        }
    }

    private static IllegalArgumentException invalid(String text) {
        return new IllegalArgumentException("Invalid LSN: " + text + " (must be two hexadecimal halves, as in 16/B374D848)");
    }

    /// Whether this position lies before `other`.
    public boolean isBefore(Lsn other) {
        return compareTo(other) < 0;
    }

    /// The bytes of log from `earlier` to this position; negative if `earlier` is in fact later.
    public long bytesSince(Lsn earlier) {
        return bytes - earlier.bytes;
    }

    /// This position, or the beginning of its page if it lies in the page's header.
    ///
    /// Where the last record ends with its page, the insert position already stands behind the next page's header, to which no reader
    /// of the log gets before something is written there. Pages are of 8 kB (`wal_block_size`), headers of at most 40 bytes
    /// (`src/include/access/xlog_internal.h`).
    public Lsn beforePageHeader() {
        long inPage = Long.remainderUnsigned(bytes, PAGE);
        return inPage <= PAGE_HEADER_MAX ? new Lsn(bytes - inPage) : this;
    }

    /// The later of two positions.
    public static Lsn max(Lsn one, Lsn other) {
        return one.isBefore(other) ? other : one;
    }

    @Override
    public int compareTo(Lsn other) {
        return Long.compareUnsigned(bytes, other.bytes);
    }

    @Override
    public String toString() {
        return "%X/%X".formatted(bytes >>> 32, bytes & 0xFFFFFFFFL);
    }
}
