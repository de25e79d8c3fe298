package dev.millrace.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.core.fingerprint.BucketSums;
import dev.millrace.core.fingerprint.Buckets;
import dev.millrace.core.fingerprint.Fingerprint;
import dev.millrace.core.fingerprint.FingerprintIndex;
import dev.millrace.core.fingerprint.FingerprintIndex.Adding;
import dev.millrace.core.fingerprint.FingerprintIndex.Sighting;
import dev.millrace.core.fingerprint.FingerprintIndex.State;
import dev.millrace.core.shape.TableName;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/// Everything that the port [FingerprintIndex] promises, sentence by sentence.
///
/// An index's test implements this interface with storage of its own for each test, and closes what is open in the end.
public interface FingerprintIndexContract {

    /// A table that nothing is known of at first.
    TableName NOTES = new TableName("public", "notes");

    /// Another.
    TableName OTHERS = new TableName("public", "others");

    /// A key.
    Fingerprint ONE = fingerprint(1, "one");

    /// Another.
    Fingerprint TWO = fingerprint(2, "two");

    /// A longer one, whose hash is negative.
    Fingerprint THREE = fingerprint(-3, "three, which is longer");

    /// The index as it is open now.
    FingerprintIndex index();

    /// Ends the index as a crash would, and opens it again; [#index] is then what was opened.
    void reopen();

    private static Fingerprint fingerprint(long hash, String key) {
        return new Fingerprint(hash, key.getBytes(StandardCharsets.UTF_8));
    }

    private void add(Fingerprint... keys) {
        add(NOTES, keys);
    }

    private void add(TableName table, Fingerprint... keys) {
        try (Adding adding = index().adding(table)) {
            for (Fingerprint key : keys) {
                adding.add(key.hash(), key.key());
            }
            adding.commit();
        }
    }

    /// The keys of [#NOTES].
    private List<Fingerprint> keys() {
        List<Fingerprint> keys = new ArrayList<>();
        index().read(NOTES, Buckets.all(1), keys::add);
        return keys;
    }

    private void confirmed(String mark, Fingerprint... keys) {
        index().begin(NOTES);
        add(keys);
        index().promise(List.of(NOTES), mark);
        index().confirm(mark);
    }

    private static long hash(long key) {
        return new SplittableRandom(key).nextLong();
    }

    private static byte[] number(long key) {
        return ByteBuffer.allocate(8).putLong(key).array();
    }

    @Test
    default void nothing_is_known_of_a_table_that_never_began() {
        assertThat(index().state(NOTES)).isEmpty();
        assertThatThrownBy(() -> index().adding(NOTES)).isInstanceOf(IllegalStateException.class);
    }

    @Test
    default void a_table_that_begins_has_no_marks_and_no_keys() {
        confirmed("p1", ONE);
        index().begin(NOTES);
        assertThat(index().state(NOTES)).contains(new State(Optional.empty(), Optional.empty()));
        assertThat(keys()).isEmpty();
    }

    @Test
    default void keys_are_read_as_they_were_added_in_the_order_of_their_hashes() {
        Fingerprint empty = new Fingerprint(Long.MIN_VALUE, new byte[0]);
        Fingerprint bytes = new Fingerprint(Long.MAX_VALUE, new byte[] {0, -1, 0, 1, -128, 127, 0, 0});
        Fingerprint nine = new Fingerprint(77, new byte[] {-1, -1, -1, -1, -1, -1, -1, -1, 0});
        index().begin(NOTES);
        add(THREE, ONE, bytes, nine, empty);
        reopen();
        assertThat(keys()).containsExactly(empty, THREE, ONE, nine, bytes);
    }

    @Test
    default void a_key_that_is_added_again_is_there_once() {
        index().begin(NOTES);
        add(ONE, TWO, ONE);
        add(ONE);
        assertThat(keys()).containsExactly(ONE, TWO);
        add(TWO, THREE, THREE);
        assertThat(keys()).containsExactly(THREE, ONE, TWO);
        assertThat(index().count(NOTES)).isEqualTo(3);
    }

    @Test
    default void keys_that_share_a_hash_are_different_keys() {
        Fingerprint other = new Fingerprint(1, "eno".getBytes(StandardCharsets.UTF_8));
        Fingerprint zero = new Fingerprint(1, new byte[] {0});
        Fingerprint zeros = new Fingerprint(1, new byte[] {0, 0});
        index().begin(NOTES);
        add(ONE, other);
        add(other, zero, zeros);
        assertThat(keys()).containsExactlyInAnyOrder(ONE, other, zero, zeros);
    }

    @Test
    default void what_was_not_committed_is_not_there() {
        index().begin(NOTES);
        try (Adding adding = index().adding(NOTES)) {
            adding.add(ONE.hash(), ONE.key());
            adding.commit();
            adding.add(TWO.hash(), TWO.key());
        }
        assertThat(keys()).containsExactly(ONE);
    }

    @Test
    default void several_threads_add_at_once() throws InterruptedException {
        index().begin(NOTES);
        index().begin(OTHERS);
        List<Thread> threads = new ArrayList<>();
        List<Throwable> failures = new ArrayList<>();
        for (int thread = 0; thread < 4; thread++) {
            TableName table = thread < 3 ? NOTES : OTHERS;
            long from = 50_000L * thread;
            threads.add(Thread.ofPlatform().uncaughtExceptionHandler((_, e) -> failures.add(e)).start(() -> {
                try (Adding adding = index().adding(table)) {
                    for (long key = from; key < from + 100_000; key++) {
                        adding.add(hash(key), number(key));
                        if (key % 20_000 == 0) {
                            adding.commit();
                        }
                    }
                    adding.commit();
                }
            }));
        }
        for (Thread thread : threads) {
            thread.join();
        }
        assertThat(failures).isEmpty();
        assertThat(index().count(NOTES)).isEqualTo(200_000);
        assertThat(index().count(OTHERS)).isEqualTo(100_000);
    }

    @Test
    default void buckets_have_counts_and_sums() {
        index().begin(NOTES);
        Random random = new Random(5);
        BucketSums expected = new BucketSums(12);
        BucketSums within = new BucketSums(6);
        Buckets some = new Buckets(3);
        some.add(0);
        some.add(5);
        List<Fingerprint> some5 = new ArrayList<>();
        try (Adding adding = index().adding(NOTES)) {
            for (int i = 0; i < 10_000; i++) {
                Fingerprint key = new Fingerprint(random.nextLong(), number(i));
                adding.add(key.hash(), key.key());
                sum(expected, key.hash());
                if (some.has(Buckets.of(key.hash(), 3))) {
                    sum(within, key.hash());
                    some5.add(key);
                }
            }
            adding.commit();
        }
        assertSame(index().sums(NOTES, Buckets.all(1), 12), expected);
        assertSame(index().sums(NOTES, some, 6), within);
        List<Fingerprint> read = new ArrayList<>();
        index().read(NOTES, some, read::add);
        assertThat(read).hasSameElementsAs(some5).isSortedAccordingTo((a, b) -> Long.compare(a.hash(), b.hash()));
    }

    private static void sum(BucketSums sums, long hash) {
        int bucket = Buckets.of(hash, sums.bits());
        sums.set(bucket, sums.count(bucket) + 1, sums.high(bucket) + (hash >> 32), sums.low(bucket) + (int) hash);
    }

    private static void assertSame(BucketSums actual, BucketSums expected) {
        assertThat(actual.count()).isEqualTo(expected.count());
        for (int bucket = 0; bucket < 1 << expected.bits(); bucket++) {
            assertThat(actual.isSame(bucket, expected)).as("bucket %d", bucket).isTrue();
        }
    }

    @Test
    default void what_was_seen_is_compared_byte_by_byte_in_the_buckets_that_were_seen() {
        Fingerprint other = new Fingerprint(1, "eno".getBytes(StandardCharsets.UTF_8));
        Fingerprint elsewhere = fingerprint(Long.MIN_VALUE, "elsewhere");
        index().begin(NOTES);
        add(ONE, other, TWO, elsewhere);
        Buckets seen = new Buckets(2);
        seen.add(Buckets.of(1, 2));
        List<Fingerprint> vanished = new ArrayList<>();
        List<Fingerprint> unknown = new ArrayList<>();
        try (Sighting sighting = index().sighting(NOTES)) {
            sighting.add(ONE.hash(), ONE.key());
            sighting.add(5, THREE.key());
            sighting.compare(seen, vanished::add, unknown::add);
        }
        assertThat(vanished).containsExactlyInAnyOrder(other, TWO);
        assertThat(unknown).containsExactly(new Fingerprint(5, THREE.key()));
    }

    @Test
    default void what_is_gone_is_removed_when_its_mark_is_confirmed() {
        confirmed("p1", ONE, TWO, THREE);
        index().gone(NOTES, TWO);
        assertThat(keys()).contains(TWO);
        index().promise(List.of(NOTES), "p2");
        assertThat(index().state(NOTES)).contains(new State(Optional.of("p1"), Optional.of("p2")));
        assertThat(keys()).contains(TWO);
        index().confirm("p2");
        assertThat(index().state(NOTES)).contains(new State(Optional.of("p2"), Optional.empty()));
        assertThat(keys()).containsExactly(THREE, ONE);
    }

    @Test
    default void after_a_crash_between_promise_and_confirm_the_destination_decides() {
        for (String position : List.of("p1", "p2", "p9")) {
            confirmed("p1", ONE, TWO);
            add(THREE);
            index().gone(NOTES, TWO);
            index().promise(List.of(NOTES), "p2");
            reopen();
            index().confirm(position);
            switch (position) {
                case "p1" -> {
                    assertThat(index().state(NOTES)).contains(new State(Optional.of("p1"), Optional.empty()));
                    assertThat(keys()).containsExactly(THREE, ONE, TWO);
                }
                case "p2" -> {
                    assertThat(index().state(NOTES)).contains(new State(Optional.of("p2"), Optional.empty()));
                    assertThat(keys()).containsExactly(THREE, ONE);
                }
                default -> assertThat(index().state(NOTES)).isEmpty();
            }
        }
    }

    @Test
    default void what_was_gone_without_a_promise_was_never_said() {
        confirmed("p1", ONE, TWO);
        index().gone(NOTES, TWO);
        reopen();
        index().promise(List.of(NOTES), "p2");
        index().confirm("p2");
        assertThat(keys()).containsExactly(ONE, TWO);
    }

    @Test
    default void what_is_gone_after_a_promise_waits_for_the_next() {
        confirmed("p1", ONE, TWO);
        index().gone(NOTES, TWO);
        index().promise(List.of(NOTES), "p2");
        index().gone(NOTES, ONE);
        index().confirm("p2");
        assertThat(keys()).containsExactly(ONE);
        index().promise(List.of(NOTES), "p3");
        index().confirm("p3");
        assertThat(keys()).isEmpty();
    }

    @Test
    default void a_key_that_is_added_again_is_not_gone() {
        confirmed("p1", ONE, TWO);
        index().gone(NOTES, ONE);
        index().gone(NOTES, TWO);
        index().promise(List.of(NOTES), "p2");
        add(TWO);
        index().confirm("p2");
        assertThat(keys()).containsExactly(TWO);
    }

    @Test
    default void a_promise_that_did_not_come_true_leaves_what_was_added() {
        confirmed("p1", ONE);
        add(TWO);
        index().gone(NOTES, ONE);
        index().promise(List.of(NOTES), "p2");
        index().confirm("p1");
        index().promise(List.of(NOTES), "p3");
        index().confirm("p3");
        assertThat(keys()).containsExactly(ONE, TWO);
    }

    @Test
    default void a_table_that_is_being_copied_is_not_touched_by_a_position() {
        index().begin(NOTES);
        add(ONE);
        reopen();
        index().confirm("p1");
        add(TWO);
        assertThat(keys()).containsExactly(ONE, TWO);
    }

    @Test
    default void only_tables_of_another_position_are_lost() {
        confirmed("p1", ONE);
        index().begin(OTHERS);
        add(OTHERS, ONE);
        index().promise(List.of(OTHERS), "p2");
        index().confirm("p2");
        assertThat(index().state(NOTES)).isEmpty();
        assertThat(index().state(OTHERS)).contains(new State(Optional.of("p2"), Optional.empty()));
    }

    @Test
    default void a_forgotten_table_begins_anew() {
        confirmed("p1", ONE);
        index().forget(NOTES);
        index().forget(NOTES);
        assertThat(index().state(NOTES)).isEmpty();
        reopen();
        assertThat(index().state(NOTES)).isEmpty();
        confirmed("p2", TWO);
        assertThat(keys()).containsExactly(TWO);
    }
}
