package dev.millrace.core.change;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.millrace.core.position.LogPosition;
import dev.millrace.core.position.Lsn;
import dev.millrace.core.shape.Column;
import dev.millrace.core.shape.Oid;
import dev.millrace.core.shape.RowIdentity;
import dev.millrace.core.shape.Shape;
import dev.millrace.core.shape.SourceType;
import dev.millrace.core.shape.TableName;
import dev.millrace.core.spool.Spool;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class BatchBuilderTest {

    private static final SourceType TEXT = new SourceType.Scalar(Oid.TEXT, "text", -1, true);
    private static final Instant NOON = Instant.parse("2024-05-06T12:00:00Z");
    private static final LogPosition HERE = new LogPosition(new Lsn(7));

    @TempDir
    private Path directory;

    private Spool spool;

    @BeforeEach
    void open() {
        spool = Spool.open(directory);
    }

    @AfterEach
    void close() {
        spool.close();
        assertThat(directory).doesNotExist();
    }

    private static Shape shape(String table, String... columns) {
        return new Shape(
                new TableName("public", table),
                List.of(columns).stream().map(name -> new Column(name, TEXT)).toList(),
                new RowIdentity.WholeRow());
    }

    private static void insert(BatchBuilder builder, Shape shape, long xid, String value) {
        byte[] text = value.getBytes(StandardCharsets.UTF_8);
        byte[] message = new byte[8 + text.length];
        message[0] = 'N';
        message[2] = 1;
        message[3] = 't';
        for (int i = 0; i < 4; i++) {
            message[4 + i] = (byte) (text.length >>> (24 - 8 * i));
        }
        System.arraycopy(text, 0, message, 8, text.length);
        builder.add(shape, ChangeKind.INSERT, new Transaction(xid, 0), message, 0, message.length);
    }

    private static List<String> read(Batch batch) {
        List<String> all = new ArrayList<>();
        for (Piece piece : batch.pieces()) {
            for (TableChanges table : piece.changes()) {
                ChangeCursor cursor = table.cursor();
                while (cursor.advance()) {
                    Tuple row = cursor.newTuple();
                    String value = cursor.kind() == ChangeKind.TRUNCATE
                            ? "truncated"
                            : new String(row.bytes(), row.offset(0), row.length(0), StandardCharsets.UTF_8);
                    all.add(table.shape().table().table() + table.shape().columns().size() + " " + cursor.xid() + " " + value);
                }
            }
        }
        return all;
    }

    private long files() throws IOException {
        try (var found = Files.walk(directory)) {
            return found.filter(file -> Files.isRegularFile(file) && !file.endsWith("lock")).count();
        }
    }

    @Test
    void a_table_whose_shape_changes_stands_in_the_batch_once_for_each_shape() {
        try (BatchBuilder builder = new BatchBuilder(spool, 1 << 20)) {
            insert(builder, shape("t", "a"), 1, "one");
            insert(builder, shape("u", "a"), 1, "two");
            builder.commit(NOON);
            insert(builder, shape("t", "a", "b"), 2, "three");
            insert(builder, shape("t", "a"), 2, "four");
            builder.addTruncate(shape("t", "a"), new Transaction(2, 0));
            builder.commit(NOON.plusSeconds(1));
            try (Batch batch = builder.build(HERE, Optional.empty())) {
                assertThat(read(batch)).containsExactly("t1 1 one", "u1 1 two", "t2 2 three", "t1 2 four", "t1 2 truncated");
                assertThat(batch.shapes()).containsExactly(shape("t", "a"), shape("u", "a"), shape("t", "a", "b"), shape("t", "a"));
                assertThat(batch.transactions()).isEqualTo(2);
                assertThat(batch.changes()).isEqualTo(5);
                assertThat(batch.committedAt()).contains(NOON.plusSeconds(1));
                assertThat(batch.through()).isEqualTo(HERE);
            }
        }
    }

    @Test
    void a_batch_without_changes_moves_the_position_only() {
        try (BatchBuilder builder = new BatchBuilder(spool, 1 << 20)) {
            builder.commit(NOON);
            try (Batch batch = builder.build(HERE, Optional.empty())) {
                assertThat(batch.isEmpty()).isTrue();
                assertThat(batch.pieces()).isEmpty();
                assertThat(batch.transactions()).isZero();
                assertThat(batch.committedAt()).isEmpty();
            }
        }
    }

    @Test
    void what_outgrows_memory_lies_in_a_file_and_can_be_read_more_than_once() throws IOException {
        try (BatchBuilder builder = new BatchBuilder(spool, 10_000)) {
            List<String> expected = new ArrayList<>();
            for (int i = 0; i < 2_000; i++) {
                insert(builder, shape("t", "a"), 5, "value " + i);
                expected.add("t1 5 value " + i);
            }
            builder.commit(NOON);
            Batch batch = builder.build(HERE, Optional.empty());
            assertThat(files()).isEqualTo(1);
            assertThat(batch.pieces()).hasSizeGreaterThan(2);
            assertThat(batch.shapes()).containsExactly(shape("t", "a"));
            assertThat(read(batch)).isEqualTo(expected);
            assertThat(read(batch)).isEqualTo(expected);
            batch.close();
            assertThat(files()).isZero();
        }
    }

    @Test
    void a_batch_cannot_end_within_a_transaction_but_can_be_dropped_there() throws IOException {
        try (BatchBuilder builder = new BatchBuilder(spool, 100)) {
            for (int i = 0; i < 100; i++) {
                insert(builder, shape("t", "a"), 5, "value " + i);
            }
            assertThatIllegalStateException().isThrownBy(() -> builder.build(HERE, Optional.empty()));
            builder.discard();
            assertThat(files()).isZero();
            assertThat(builder.isEmpty()).isTrue();
            insert(builder, shape("t", "a"), 6, "next");
            builder.commit(NOON);
            try (Batch batch = builder.build(HERE, Optional.empty())) {
                assertThat(read(batch)).containsExactly("t1 6 next");
            }
        }
    }

    @Test
    void changes_are_counted_by_table_and_kind_across_pieces_and_shapes() {
        try (BatchBuilder builder = new BatchBuilder(spool, 64)) {
            Shape mills = shape("mills", "name");
            Shape wheels = shape("wheels", "name");
            for (int i = 0; i < 20; i++) {
                insert(builder, mills, 1, "a mill with a long name");
            }
            insert(builder, shape("mills", "name", "note"), 1, "x");
            builder.addTruncate(wheels, new Transaction(1, 0));
            builder.commit(NOON);
            try (Batch batch = builder.build(HERE, Optional.empty()); Batch without = batch.without(mills.table()::equals)) {
                assertThat(batch.counts()).containsOnly(
                        Map.entry(mills.table(), new ChangeCount(21, 0, 0, 0)), Map.entry(wheels.table(), new ChangeCount(0, 0, 0, 1)));
                assertThat(without.counts()).containsOnlyKeys(wheels.table());
            }
            insert(builder, wheels, 2, "y");
            builder.commit(NOON);
            try (Batch next = builder.build(HERE, Optional.empty())) {
                assertThat(next.counts()).containsOnly(Map.entry(wheels.table(), new ChangeCount(1, 0, 0, 0)));
            }
        }
    }
}
