package dev.millrace.destination.duckdb.fingerprint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.core.fault.Fault;
import dev.millrace.core.fault.FaultKind;
import dev.millrace.core.fingerprint.BucketSums;
import dev.millrace.core.fingerprint.Buckets;
import dev.millrace.core.fingerprint.Fingerprint;
import dev.millrace.core.fingerprint.FingerprintIndex.Adding;
import dev.millrace.core.fingerprint.FingerprintIndex.Sighting;
import dev.millrace.core.fingerprint.FingerprintIndex.State;
import dev.millrace.core.shape.TableName;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DuckFingerprintsTest {

    private static final TableName NOTES = new TableName("public", "notes");
    private static final TableName OTHERS = new TableName("public", "others");
    private static final Fingerprint ONE = of(1, "one");
    private static final Fingerprint TWO = of(2, "two");
    private static final Fingerprint THREE = of(-3, "three, which is longer");

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path folder;

    @SuppressWarnings("NullAway.Init")
    private DuckFingerprints index;

    @BeforeEach
    void open() {
        index = DuckFingerprints.open(folder.resolve("keys.duckdb"));
    }

    @AfterEach
    void close() {
        index.close();
    }

    private void reopen() {
        index.close();
        open();
    }

    private static Fingerprint of(long hash, String key) {
        return new Fingerprint(hash, key.getBytes(StandardCharsets.UTF_8));
    }

    private void add(Fingerprint... keys) {
        add(NOTES, keys);
    }

    private void add(TableName table, Fingerprint... keys) {
        try (Adding adding = index.adding(table)) {
            for (Fingerprint key : keys) {
                adding.add(key.hash(), key.key());
            }
            adding.commit();
        }
    }

    private List<Fingerprint> keys() {
        List<Fingerprint> keys = new ArrayList<>();
        index.read(NOTES, Buckets.all(1), keys::add);
        return keys;
    }

    private void confirmed(String mark, Fingerprint... keys) {
        index.begin(NOTES);
        add(keys);
        index.promise(List.of(NOTES), mark);
        index.confirm(mark);
    }

    @Test
    void nothing_is_known_of_a_table_that_never_began() {
        assertThat(index.state(NOTES)).isEmpty();
        assertThatThrownBy(() -> index.adding(NOTES)).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void a_table_that_begins_has_no_marks_and_no_keys() {
        confirmed("p1", ONE);
        index.begin(NOTES);
        assertThat(index.state(NOTES)).contains(new State(Optional.empty(), Optional.empty()));
        assertThat(keys()).isEmpty();
    }

    @Test
    void keys_are_read_as_they_were_added_in_the_order_of_their_hashes() {
        Fingerprint empty = new Fingerprint(Long.MIN_VALUE, new byte[0]);
        Fingerprint bytes = new Fingerprint(Long.MAX_VALUE, new byte[] {0, -1, 0, 1, -128, 127, 0, 0});
        Fingerprint nine = new Fingerprint(77, new byte[] {-1, -1, -1, -1, -1, -1, -1, -1, 0});
        index.begin(NOTES);
        add(THREE, ONE, bytes, nine, empty);
        reopen();
        assertThat(keys()).containsExactly(empty, THREE, ONE, nine, bytes);
    }

    @Test
    void a_key_that_is_added_again_is_there_once() {
        index.begin(NOTES);
        add(ONE, TWO, ONE);
        add(ONE);
        assertThat(keys()).containsExactly(ONE, TWO);
        add(TWO, THREE, THREE);
        assertThat(keys()).containsExactly(THREE, ONE, TWO);
        assertThat(index.count(NOTES)).isEqualTo(3);
    }

    @Test
    void keys_that_share_a_hash_are_different_keys() {
        Fingerprint other = new Fingerprint(1, "eno".getBytes(StandardCharsets.UTF_8));
        Fingerprint zero = new Fingerprint(1, new byte[] {0});
        Fingerprint zeros = new Fingerprint(1, new byte[] {0, 0});
        index.begin(NOTES);
        add(ONE, other);
        add(other, zero, zeros);
        assertThat(keys()).containsExactlyInAnyOrder(ONE, other, zero, zeros);
    }

    @Test
    void what_was_not_committed_is_not_there() {
        index.begin(NOTES);
        try (Adding adding = index.adding(NOTES)) {
            adding.add(ONE.hash(), ONE.key());
            adding.commit();
            adding.add(TWO.hash(), TWO.key());
        }
        assertThat(keys()).containsExactly(ONE);
    }

    @Test
    void several_threads_add_at_once() throws InterruptedException {
        index.begin(NOTES);
        index.begin(OTHERS);
        List<Thread> threads = new ArrayList<>();
        List<Throwable> failures = new ArrayList<>();
        for (int thread = 0; thread < 4; thread++) {
            TableName table = thread < 3 ? NOTES : OTHERS;
            long from = 50_000L * thread;
            threads.add(Thread.ofPlatform().uncaughtExceptionHandler((_, e) -> failures.add(e)).start(() -> {
                try (Adding adding = index.adding(table)) {
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
        assertThat(index.count(NOTES)).isEqualTo(200_000);
        assertThat(index.count(OTHERS)).isEqualTo(100_000);
    }

    @Test
    void nothing_is_asked_of_a_table_while_keys_are_added_to_it() {
        index.begin(NOTES);
        try (Adding adding = index.adding(NOTES)) {
            adding.add(1, ONE.key());
            adding.commit();
            assertThatThrownBy(() -> index.count(NOTES)).isInstanceOf(IllegalStateException.class);
        }
        assertThat(index.count(NOTES)).isEqualTo(1);
    }

    @Test
    void buckets_have_counts_and_sums() {
        index.begin(NOTES);
        Random random = new Random(5);
        BucketSums expected = new BucketSums(12);
        BucketSums within = new BucketSums(6);
        Buckets some = new Buckets(3);
        some.add(0);
        some.add(5);
        List<Fingerprint> some5 = new ArrayList<>();
        try (Adding adding = index.adding(NOTES)) {
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
        assertSame(index.sums(NOTES, Buckets.all(1), 12), expected);
        assertSame(index.sums(NOTES, some, 6), within);
        List<Fingerprint> read = new ArrayList<>();
        index.read(NOTES, some, read::add);
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
    void what_was_seen_is_compared_byte_by_byte_in_the_buckets_that_were_seen() {
        Fingerprint other = new Fingerprint(1, "eno".getBytes(StandardCharsets.UTF_8));
        Fingerprint elsewhere = of(Long.MIN_VALUE, "elsewhere");
        index.begin(NOTES);
        add(ONE, other, TWO, elsewhere);
        Buckets seen = new Buckets(2);
        seen.add(Buckets.of(1, 2));
        List<Fingerprint> vanished = new ArrayList<>();
        List<Fingerprint> unknown = new ArrayList<>();
        try (Sighting sighting = index.sighting(NOTES)) {
            sighting.add(ONE.hash(), ONE.key());
            sighting.add(5, THREE.key());
            sighting.compare(seen, vanished::add, unknown::add);
        }
        assertThat(vanished).containsExactlyInAnyOrder(other, TWO);
        assertThat(unknown).containsExactly(new Fingerprint(5, THREE.key()));
    }

    @Test
    void what_is_gone_is_removed_when_its_mark_is_confirmed() {
        confirmed("p1", ONE, TWO, THREE);
        index.gone(NOTES, TWO);
        assertThat(keys()).contains(TWO);
        index.promise(List.of(NOTES), "p2");
        assertThat(index.state(NOTES)).contains(new State(Optional.of("p1"), Optional.of("p2")));
        assertThat(keys()).contains(TWO);
        index.confirm("p2");
        assertThat(index.state(NOTES)).contains(new State(Optional.of("p2"), Optional.empty()));
        assertThat(keys()).containsExactly(THREE, ONE);
    }

    @Test
    void after_a_crash_between_promise_and_confirm_the_destination_decides() {
        for (String position : List.of("p1", "p2", "p9")) {
            confirmed("p1", ONE, TWO);
            add(THREE);
            index.gone(NOTES, TWO);
            index.promise(List.of(NOTES), "p2");
            reopen();
            index.confirm(position);
            switch (position) {
                case "p1" -> {
                    assertThat(index.state(NOTES)).contains(new State(Optional.of("p1"), Optional.empty()));
                    assertThat(keys()).containsExactly(THREE, ONE, TWO);
                }
                case "p2" -> {
                    assertThat(index.state(NOTES)).contains(new State(Optional.of("p2"), Optional.empty()));
                    assertThat(keys()).containsExactly(THREE, ONE);
                }
                default -> assertThat(index.state(NOTES)).isEmpty();
            }
        }
    }

    @Test
    void what_was_gone_without_a_promise_was_never_said() {
        confirmed("p1", ONE, TWO);
        index.gone(NOTES, TWO);
        reopen();
        index.promise(List.of(NOTES), "p2");
        index.confirm("p2");
        assertThat(keys()).containsExactly(ONE, TWO);
    }

    @Test
    void what_is_gone_after_a_promise_waits_for_the_next() {
        confirmed("p1", ONE, TWO);
        index.gone(NOTES, TWO);
        index.promise(List.of(NOTES), "p2");
        index.gone(NOTES, ONE);
        index.confirm("p2");
        assertThat(keys()).containsExactly(ONE);
        index.promise(List.of(NOTES), "p3");
        index.confirm("p3");
        assertThat(keys()).isEmpty();
    }

    @Test
    void a_key_that_is_added_again_is_not_gone() {
        confirmed("p1", ONE, TWO);
        index.gone(NOTES, ONE);
        index.gone(NOTES, TWO);
        index.promise(List.of(NOTES), "p2");
        add(TWO);
        index.confirm("p2");
        assertThat(keys()).containsExactly(TWO);
    }

    @Test
    void a_promise_that_did_not_come_true_leaves_what_was_added() {
        confirmed("p1", ONE);
        add(TWO);
        index.gone(NOTES, ONE);
        index.promise(List.of(NOTES), "p2");
        index.confirm("p1");
        index.promise(List.of(NOTES), "p3");
        index.confirm("p3");
        assertThat(keys()).containsExactly(ONE, TWO);
    }

    @Test
    void a_table_that_is_being_copied_is_not_touched_by_a_position() {
        index.begin(NOTES);
        add(ONE);
        reopen();
        index.confirm("p1");
        add(TWO);
        assertThat(keys()).containsExactly(ONE, TWO);
    }

    @Test
    void only_tables_of_another_position_are_lost() {
        confirmed("p1", ONE);
        index.begin(OTHERS);
        add(OTHERS, ONE);
        index.promise(List.of(OTHERS), "p2");
        index.confirm("p2");
        assertThat(index.state(NOTES)).isEmpty();
        assertThat(index.state(OTHERS)).contains(new State(Optional.of("p2"), Optional.empty()));
    }

    @Test
    void a_forgotten_table_begins_anew() {
        confirmed("p1", ONE);
        index.forget(NOTES);
        index.forget(NOTES);
        assertThat(index.state(NOTES)).isEmpty();
        reopen();
        assertThat(index.state(NOTES)).isEmpty();
        confirmed("p2", TWO);
        assertThat(keys()).containsExactly(TWO);
    }

    @Test
    void a_file_that_is_no_database_is_made_anew() throws IOException {
        confirmed("p1", ONE);
        index.close();
        Files.writeString(folder.resolve("keys.duckdb"), "this is not what it was".repeat(1000));
        open();
        assertThat(index.state(NOTES)).isEmpty();
        confirmed("p1", ONE);
        reopen();
        assertThat(keys()).containsExactly(ONE);
    }

    @Test
    void a_file_that_was_cut_off_is_made_anew() throws IOException {
        index.begin(NOTES);
        fill(300_000);
        index.close();
        Path file = folder.resolve("keys.duckdb");
        byte[] bytes = Files.readAllBytes(file);
        Files.write(file, Arrays.copyOf(bytes, bytes.length / 3));
        assertThat(isFoundOutOrEmpty()).isTrue();
        reopen();
        assertThat(index.state(NOTES)).isEmpty();
    }

    @Test
    void keys_that_are_damaged_are_found_out_and_removed() throws IOException {
        index.begin(NOTES);
        fill(300_000);
        index.close();
        Path file = folder.resolve("keys.duckdb");
        byte[] bytes = Files.readAllBytes(file);
        for (int at = 1 << 19; at < bytes.length / 2; at += 1 << 12) {
            bytes[at] ^= 0x55;
        }
        Files.write(file, bytes);
        assertThat(isFoundOutOrEmpty()).isTrue();
        reopen();
        assertThat(index.state(NOTES)).isEmpty();
        confirmed("p1", ONE);
        assertThat(keys()).containsExactly(ONE);
    }

    /// Whether a damaged file is made anew when it is opened, or when it is read.
    private boolean isFoundOutOrEmpty() {
        open();
        if (index.state(NOTES).isEmpty()) {
            return true;
        }
        assertThatThrownBy(() -> index.read(NOTES, Buckets.all(1), _ -> {}))
                .isInstanceOfSatisfying(Fault.class, fault -> assertThat(fault.kind()).isEqualTo(FaultKind.DESTINATION_UNUSABLE));
        assertThatThrownBy(() -> index.count(NOTES)).isInstanceOf(Fault.class);
        return true;
    }

    @Test
    void a_file_of_another_version_is_made_anew() throws SQLException {
        confirmed("p1", ONE);
        index.close();
        try (Connection other = DriverManager.getConnection("jdbc:duckdb:" + folder.resolve("keys.duckdb"));
                Statement statement = other.createStatement()) {
            statement.execute("UPDATE format SET version = 99");
        }
        open();
        assertThat(index.state(NOTES)).isEmpty();
    }

    @Test
    void a_key_that_is_a_number_takes_less_than_24_bytes() throws IOException {
        index.begin(NOTES);
        SplittableRandom random = new SplittableRandom(7);
        try (Adding adding = index.adding(NOTES)) {
            for (int i = 0; i < 1_000_000; i++) {
                adding.add(random.nextLong(), number(random.nextLong()));
            }
            adding.commit();
        }
        index.promise(List.of(NOTES), "p1");
        index.confirm("p1");
        index.close();
        assertThat(Files.size(folder.resolve("keys.duckdb"))).isLessThan(24_000_000);
        open();
        assertThat(index.count(NOTES)).isEqualTo(1_000_000);
    }

    private void fill(int count) {
        try (Adding adding = index.adding(NOTES)) {
            for (long key = 0; key < count; key++) {
                adding.add(hash(key), number(key));
            }
            adding.commit();
        }
        index.promise(List.of(NOTES), "p1");
        index.confirm("p1");
    }

    private static long hash(long key) {
        return new SplittableRandom(key).nextLong();
    }

    private static byte[] number(long key) {
        return ByteBuffer.allocate(8).putLong(key).array();
    }
}
