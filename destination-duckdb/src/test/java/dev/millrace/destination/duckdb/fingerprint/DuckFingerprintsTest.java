package dev.millrace.destination.duckdb.fingerprint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.core.fault.Fault;
import dev.millrace.core.fault.FaultKind;
import dev.millrace.core.fingerprint.Buckets;
import dev.millrace.core.fingerprint.FingerprintIndex;
import dev.millrace.core.fingerprint.FingerprintIndex.Adding;
import dev.millrace.testkit.contract.FingerprintIndexContract;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DuckFingerprintsTest implements FingerprintIndexContract {

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

    @Override
    public FingerprintIndex index() {
        return index;
    }

    @Override
    public void reopen() {
        index.close();
        open();
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
    void a_file_that_is_no_database_is_made_anew() throws IOException {
        index.begin(NOTES);
        fill(10);
        index.close();
        Files.writeString(folder.resolve("keys.duckdb"), "this is not what it was".repeat(1000));
        open();
        assertThat(index.state(NOTES)).isEmpty();
        index.begin(NOTES);
        fill(10);
        reopen();
        assertThat(index.count(NOTES)).isEqualTo(10);
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
        index.begin(NOTES);
        fill(10);
        assertThat(index.count(NOTES)).isEqualTo(10);
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
        index.begin(NOTES);
        fill(10);
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
