package dev.millrace.core.run;

import java.time.Duration;

/// Every limit of a run, by name.
///
/// @param batchBytes a batch is cut at the next end of a transaction once its packed changes reach this; also what one piece of a
///     larger batch holds in memory
/// @param batchAge a batch is cut when its first change has waited this long, even if it is small
/// @param queuedBatches how many batches the feed reads ahead
/// @param copySessions sessions that copy tables at the same time
/// @param copyRangeBlocks blocks of 8 kB in one range of a copy, at the most
/// @param statusInterval how often the source is told that we are alive, at the least
/// @param backlogBytes a log backlog above this is read in pieces by COPY, below it by streaming replication
/// @param peekChanges log messages in one such piece
public record Limits(
        int batchBytes,
        Duration batchAge,
        int queuedBatches,
        int copySessions,
        long copyRangeBlocks,
        Duration statusInterval,
        long backlogBytes,
        int peekChanges) {

    /// The size of a range where each becomes a file of a lake, which shall be of 128 to 512 MB.
    public static final long BLOCKS_OF_A_FILE = 196_608;

    /// What suits a machine with two cores and a heap of 512 MB.
    public static Limits defaults() {
        return new Limits(
                24 << 20, Duration.ofSeconds(1), 1, 3, 16_384, Duration.ofSeconds(10), 32L << 20, 200_000);
    }

    /// The same with ranges of another size.
    public Limits withCopyRangeBlocks(long blocks) {
        return new Limits(batchBytes, batchAge, queuedBatches, copySessions, blocks, statusInterval, backlogBytes, peekChanges);
    }
}
