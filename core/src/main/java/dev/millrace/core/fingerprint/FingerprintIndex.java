package dev.millrace.core.fingerprint;

import dev.millrace.core.shape.TableName;
import java.util.Collection;
import java.util.Optional;
import java.util.function.Consumer;

/// The keys that a destination may have, so that those which are gone from the source can be found by reading the source only.
///
/// **What always holds.** For a table whose [#state] is known, every key that lives at the destination is in here. There may be others. So
/// a key is added *before* the destination commits a row of it, and is removed only *after* the destination has committed its end. What
/// is in here and not at the source is gone; as far as it is no more at the destination either, ending it again does nothing. As every key
/// that the source showed was added before, what the source has is in here too, and a bucket that lost a key has a lower count there,
/// whatever the hashes are.
///
/// **A set.** A key that is added twice is in here once. A key is a hash and bytes; keys that share a hash are different keys.
///
/// **Marks.** A mark is a position of the destination, as text. A table's *mark* is the position that its keys are known to cover. From
/// [#promise] on it also has a *pending* mark: the position that the destination will have when it has committed what was read meanwhile.
/// Which of the two it came to, only the destination knows: [#confirm] is told at each start, before anything else, and after each commit
/// of a pending position. If the destination is at neither, it was written by somebody else or comes from a backup; then nothing is known
/// of the table any more, and its copy begins anew.
///
/// **Life of a table.** [#begin], when its copy begins; [#adding], while it is copied, maybe over several runs: a table without any mark is
/// not touched by [#confirm], and whoever follows a table with no mark has to begin it anew. [#promise] and [#confirm] when the copy is
/// published; and then for each scan: [#adding] its keys, comparing, [#gone] for what is missing, [#promise], the destination's commit,
/// [#confirm].
///
/// **What is durable when.** What [Adding#commit], [#begin], [#promise], [#confirm] and [#forget] did is on disk when they return. A key that
/// was [#gone] is kept from the promise on; without a promise it counts as never said, also after a crash.
///
/// **Losing it.** The index can always be made again from the source, at the price of a copy. So one that is damaged, or of another
/// version, is removed: every state is then empty. Where that is found while the index is open, the method throws a
/// [dev.millrace.core.fault.Fault], and the next opening finds it empty.
///
/// **Who calls.** One thread at a time, except for [#adding] and what it gives, which many threads may use at once, for different tables
/// or the same. While keys are being added to a table, nothing else may be asked of that table. Consumers are called by the caller's
/// thread, in no order unless it says so; they may call [#gone].
///
/// **Memory.** None of the methods needs memory that grows with the number of keys.
public interface FingerprintIndex extends AutoCloseable {

    /// What is known of a table.
    ///
    /// @param mark the destination's position that its keys cover; empty until the first promise was confirmed
    /// @param pending the position that was promised and not confirmed
    record State(Optional<String> mark, Optional<String> pending) {}

    /// Keys that are being added. Belongs to one thread, and must be closed.
    interface Adding extends AutoCloseable {

        /// Adds a key. The array is not copied, and must not change.
        void add(long hash, byte[] key);

        /// Makes everything that was added durable. More can be added then.
        void commit();

        /// Ends the adding. What was not committed is not there.
        @Override
        void close();
    }

    /// Keys that the source was seen to have, to be compared. Belongs to one thread, and must be closed.
    interface Sighting extends AutoCloseable {

        /// Says that the source has a key.
        void add(long hash, byte[] key);

        /// Compares what was added with what is in here, byte by byte.
        ///
        /// @param buckets those in which every key of the source was added
        /// @param vanished is given the keys in these buckets that are in here and were not added
        /// @param unknown is given the keys that were added and are not in here
        void compare(Buckets buckets, Consumer<Fingerprint> vanished, Consumer<Fingerprint> unknown);

        @Override
        void close();
    }

    /// What is known of a table; empty if nothing is, because it never began, was forgotten or was lost.
    Optional<State> state(TableName table);

    /// Begins a table anew: without keys, without marks.
    void begin(TableName table);

    /// Begins to add keys to a table that was begun. A key that was said to be [#gone] before is not, if it is added again.
    Adding adding(TableName table);

    /// How many keys a table has.
    long count(TableName table);

    /// Counts and sums up a table's keys by the first `bits` bits of their hashes.
    ///
    /// @param within only keys in these buckets, which may be wider
    BucketSums sums(TableName table, Buckets within, int bits);

    /// Gives a table's keys in some buckets, in the order of their hashes as signed numbers.
    void read(TableName table, Buckets buckets, Consumer<Fingerprint> consumer);

    /// Begins to take keys of a table that the source is seen to have.
    Sighting sighting(TableName table);

    /// Says that a key is gone from the source. It stays in here until the destination has confirmed the mark that is promised next.
    void gone(TableName table, Fingerprint fingerprint);

    /// Says that the destination will be at a position once it has committed everything that was added and said to be gone so far. An earlier
    /// promise that was not confirmed is replaced.
    ///
    /// @param mark the position as text
    void promise(Collection<TableName> tables, String mark);

    /// Says at which position the destination is.
    ///
    /// Tables whose pending mark that is: what was gone when it was promised is removed, and the pending mark becomes the mark. Tables whose
    /// mark that is: the promise did not come true, and nothing is gone. Tables without any mark stay as they are. All others are lost:
    /// nothing is known of them any more.
    ///
    /// @param position the position as text
    void confirm(String position);

    /// Forgets a table, with all of its keys.
    void forget(TableName table);

    @Override
    void close();
}
