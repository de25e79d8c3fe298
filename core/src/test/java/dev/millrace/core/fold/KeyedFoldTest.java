package dev.millrace.core.fold;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.core.change.ChangeKind;
import dev.millrace.core.change.TableChangesBuilder;
import dev.millrace.core.change.Transaction;
import dev.millrace.core.change.Tuple;
import dev.millrace.core.shape.Column;
import dev.millrace.core.shape.Oid;
import dev.millrace.core.shape.RowIdentity;
import dev.millrace.core.shape.Shape;
import dev.millrace.core.shape.SourceType;
import dev.millrace.core.shape.TableName;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// Whole behaviour is asked of destinations by their contract; here is what only the fold knows.
class KeyedFoldTest {

    private static final String KEEP = "?";

    private static final Shape SHAPE = new Shape(
            new TableName("public", "t"),
            List.of(
                    new Column("a", new SourceType.Scalar(Oid.TEXT, "text", -1, true)),
                    new Column("id", new SourceType.Scalar(Oid.INT8, "int8", -1, true)),
                    new Column("b", new SourceType.Scalar(Oid.TEXT, "text", -1, true))),
            new RowIdentity.Keyed(List.of(1)));

    private final TableChangesBuilder changes = new TableChangesBuilder(SHAPE);

    private static byte[] tuple(char letter, @Nullable String... values) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        bytes.write(letter);
        bytes.writeBytes(ByteBuffer.allocate(2).putShort((short) values.length).array());
        for (String value : values) {
            if (value == null) {
                bytes.write(Tuple.NULL);
            } else if (value.equals(KEEP)) {
                bytes.write(Tuple.UNCHANGED);
            } else {
                byte[] text = value.getBytes(StandardCharsets.UTF_8);
                bytes.write(Tuple.TEXT);
                bytes.writeBytes(ByteBuffer.allocate(4).putInt(text.length).array());
                bytes.writeBytes(text);
            }
        }
        return bytes.toByteArray();
    }

    private void add(ChangeKind kind, long xid, byte[]... parts) {
        ByteArrayOutputStream message = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            message.writeBytes(part);
        }
        changes.add(kind, new Transaction(xid, 0), message.toByteArray(), 0, message.size());
    }

    private KeyedFold fold() {
        KeyedFold fold = new KeyedFold(SHAPE);
        fold.add(changes.build(), xid -> xid == 666);
        return fold;
    }

    /// A key's row as text: fields, where unknown ones come from, and whether it lives.
    private static String show(KeyedFold fold, int key) {
        FoldedRow row = new FoldedRow(3);
        fold.read(key, row);
        List<String> fields = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            fields.add(switch (row.kind(i)) {
                case Tuple.NULL -> "null";
                case Tuple.UNCHANGED -> KEEP;
                default -> new String(row.bytes(i), row.offset(i), row.length(i), StandardCharsets.UTF_8);
            });
        }
        String base = row.isWhole() ? "" : " of " + new String(
                row.baseKey().bytes(), row.baseKey().offset(1), row.baseKey().length(1), StandardCharsets.UTF_8);
        assertThat(fold.isPartial(key, new FoldedRow(3))).isEqualTo(!row.isWhole());
        return String.join(",", fields) + base + (row.live() ? "" : " gone");
    }

    @Test
    void the_last_state_of_each_key_is_left_in_the_order_in_which_keys_were_met() {
        add(ChangeKind.INSERT, 1, tuple('N', "x", "2", "y"));
        add(ChangeKind.INSERT, 1, tuple('N', "x", "1", null));
        add(ChangeKind.UPDATE, 2, tuple('N', "z", "2", "w"));
        KeyedFold fold = fold();
        assertThat(fold.keys()).isEqualTo(2);
        assertThat(show(fold, 0)).isEqualTo("z,2,w");
        assertThat(show(fold, 1)).isEqualTo("x,1,null");
        assertThat(fold.truncated()).isFalse();
    }

    @Test
    void an_unknown_field_is_asked_of_the_row_that_the_destination_has() {
        add(ChangeKind.UPDATE, 1, tuple('N', "x", "1", KEEP));
        add(ChangeKind.UPDATE, 1, tuple('N', KEEP, "1", KEEP));
        assertThat(show(fold(), 0)).isEqualTo("x,1,? of 1");
    }

    @Test
    void an_unknown_field_follows_a_row_whose_key_moves_twice() {
        add(ChangeKind.UPDATE, 1, tuple('K', null, "1", null), tuple('N', "x", "2", KEEP));
        add(ChangeKind.UPDATE, 1, tuple('K', null, "2", null), tuple('N', KEEP, "3", KEEP));
        KeyedFold fold = fold();
        assertThat(show(fold, 2)).isEqualTo("x,3,? of 1");
        assertThat(List.of(show(fold, 0), show(fold, 1))).containsExactlyInAnyOrder("?,1,? of 1 gone", "x,2,? of 1 gone");
    }

    @Test
    void a_key_that_the_log_leaves_out_as_unchanged_is_taken_from_the_old_row() {
        add(ChangeKind.UPDATE, 1, tuple('K', null, "1", null), tuple('N', "x", KEEP, "y"));
        KeyedFold fold = fold();
        assertThat(fold.keys()).isEqualTo(1);
        assertThat(show(fold, 0)).isEqualTo("x,1,y");
    }

    @Test
    void a_deleted_row_of_which_nothing_is_known_is_all_the_destinations() {
        add(ChangeKind.DELETE, 1, tuple('K', null, "1", null));
        assertThat(show(fold(), 0)).isEqualTo("?,1,? of 1 gone");
    }

    @Test
    void transactions_that_are_skipped_leave_no_key() {
        add(ChangeKind.INSERT, 666, tuple('N', "x", "1", "y"));
        add(ChangeKind.INSERT, 667, tuple('N', "x", "2", "y"));
        KeyedFold fold = fold();
        assertThat(fold.keys()).isEqualTo(1);
        assertThat(show(fold, 0)).isEqualTo("x,2,y");
    }

    @Test
    void a_truncate_ends_every_row_before_it() {
        add(ChangeKind.INSERT, 1, tuple('N', "x", "1", "y"));
        changes.addTruncate(new Transaction(2, 0));
        add(ChangeKind.INSERT, 3, tuple('N', "x", "2", "y"));
        KeyedFold fold = fold();
        assertThat(fold.truncated()).isTrue();
        assertThat(show(fold, 0)).isEqualTo("x,1,y gone");
        assertThat(show(fold, 1)).isEqualTo("x,2,y");
    }

    @Test
    void a_hundred_thousand_keys_keep_apart() {
        for (int id = 0; id < 100_000; id++) {
            add(ChangeKind.INSERT, 1, tuple('N', "x", Integer.toString(id), "y"));
        }
        KeyedFold fold = fold();
        assertThat(fold.keys()).isEqualTo(100_000);
        assertThat(show(fold, 77_777)).isEqualTo("x,77777,y");
    }
}
