package dev.millrace.core.position;

/// A look at the source's tables, for a source whose changes are found by looking: the destination holds what its snapshot saw.
///
/// Scans are numbered in the order in which their snapshots were taken, and only the number orders them.
///
/// @param number counts the scans of a connection, from 1; 0 is before the first
/// @param timeline of the server, which another has that was promoted in its place; 0 where it is not known
/// @param snapshot which transactions the scan saw; its `xmin` is the horizon from which the next one looks
public record ScanPosition(long number, long timeline, TransactionSnapshot snapshot) implements Position {

    static final String PREFIX = "scan:";

    /// The scan with this number, before it is known what it will see: good for comparing only.
    public static ScanPosition numbered(long number) {
        return new ScanPosition(number, 0, TransactionSnapshot.parse("0:0:"));
    }

    /// The scan that a position is.
    ///
    /// @throws IllegalArgumentException if it is of another kind
    public static ScanPosition of(Position position) {
        if (position instanceof ScanPosition scan) {
            return scan;
        }
        throw new IllegalArgumentException("Invalid position: %s (must be a scan)".formatted(position));
    }

    static ScanPosition read(String text) {
        String[] parts = text.split(":", 3);
        if (parts.length < 3) {
            throw new IllegalArgumentException("Invalid position: scan %s (must be number:timeline:snapshot)".formatted(text));
        }
        return new ScanPosition(Long.parseLong(parts[0]), Long.parseLong(parts[1]), TransactionSnapshot.parse(parts[2]));
    }

    @Override
    public boolean isBefore(Position other) {
        return number < of(other).number;
    }

    @Override
    public String asText() {
        return PREFIX + number + ":" + timeline + ":" + snapshot;
    }

    /// For people: the number, and the transaction id from which the next scan looks.
    @Override
    public String toString() {
        return "scan %d (xid %d)".formatted(number, snapshot.xmin());
    }
}
