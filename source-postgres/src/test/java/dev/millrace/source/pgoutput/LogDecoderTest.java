package dev.millrace.source.pgoutput;

import static dev.millrace.source.pgoutput.LogMessages.message;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.millrace.core.change.ChangeKind;
import dev.millrace.core.position.Lsn;
import dev.millrace.testkit.Seed;
import dev.millrace.testkit.postgres.TestDatabase;
import dev.millrace.testkit.postgres.TestPostgres;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

final class LogDecoderTest {

    /// Writes down what it hears.
    private static final class Heard implements LogConsumer {

        private final List<String> rows = new ArrayList<>();
        private final List<LogMessage> messages = new ArrayList<>();

        @Override
        public void row(ChangeKind change, int xid, int relation, byte[] buffer, int from, int to) {
            rows.add(change + " " + xid + " " + relation + " " + new String(buffer, from, to - from, StandardCharsets.ISO_8859_1));
        }

        @Override
        public void message(int xid, LogMessage message) {
            messages.add(message);
        }
    }

    private static LogMessage read(LogDecoder decoder, byte[] message) {
        Heard heard = new Heard();
        decoder.read(message, 0, message.length, heard);
        assertThat(heard.messages).hasSize(1);
        return heard.messages.getFirst();
    }

    private static void text(DataOutputStream out, String text) throws IOException {
        out.write(text.getBytes(StandardCharsets.UTF_8));
        out.writeByte(0);
    }

    private static List<byte[]> peek(TestDatabase database, String slot, boolean blocks) throws SQLException {
        List<byte[]> messages = new ArrayList<>();
        String sql = "SELECT data FROM pg_logical_slot_peek_binary_changes('%s', NULL, NULL, %s)"
                .formatted(slot, PluginOptions.of(database.majorVersion(), List.of("pub"), true, blocks).asArguments());
        try (Connection session = database.session();
                Statement statement = session.createStatement();
                ResultSet row = statement.executeQuery(sql)) {
            while (row.next()) {
                messages.add(row.getBytes(1));
            }
        }
        return messages;
    }

    @Test
    void real_messages_say_what_the_statements_did() throws SQLException {
        try (TestDatabase database = TestPostgres.latest().newDatabase()) {
            String slot = database.name() + "_slot";
            database.execute(
                    "CREATE SCHEMA \"Große Welt\"", "CREATE TYPE mood AS ENUM ('glad')",
                    "CREATE TABLE \"Große Welt\".\"T\" (id int PRIMARY KEY, n numeric(10, 2), m mood)", "CREATE TABLE u (id int)");
            database.createPublicationAndSlot("pub", slot);
            database.execute("INSERT INTO \"Große Welt\".\"T\" VALUES (1, 2.5, 'glad')", "TRUNCATE \"Große Welt\".\"T\", u RESTART IDENTITY");
            Heard heard = new Heard();
            LogDecoder decoder = new LogDecoder();
            for (byte[] message : peek(database, slot, false)) {
                byte[] shifted = new byte[message.length + 5];
                System.arraycopy(message, 0, shifted, 3, message.length);
                decoder.read(shifted, 3, message.length, heard);
            }
            int oid = Integer.parseInt(database.value("SELECT '\"Große Welt\".\"T\"'::regclass::oid"));
            int mood = Integer.parseInt(database.value("SELECT 'mood'::regtype::oid"));
            assertThat(heard.rows).hasSize(1).first().asString().startsWith("INSERT 0 " + oid + " N");
            LogMessage.Relation relation = new LogMessage.Relation(
                    oid, "Große Welt", "T", 'd',
                    List.of(
                            new LogMessage.RelationColumn(true, "id", 23, -1),
                            new LogMessage.RelationColumn(false, "n", 1700, (10 << 16 | 2) + 4),
                            new LogMessage.RelationColumn(false, "m", mood, -1)));
            assertThat(heard.messages).contains(relation, new LogMessage.Type(mood, "public", "mood"));
            LogMessage.Truncate truncate =
                    heard.messages.stream().filter(LogMessage.Truncate.class::isInstance).map(LogMessage.Truncate.class::cast).findFirst().orElseThrow();
            assertThat(truncate.relations()).hasSize(2).contains(oid);
            assertThat(truncate.restartIdentity()).isTrue();
            assertThat(truncate.cascade()).isFalse();
            assertThat(heard.messages.stream().filter(LogMessage.Begin.class::isInstance)).hasSize(2);
            LogMessage.Commit commit =
                    heard.messages.stream().filter(LogMessage.Commit.class::isInstance).map(LogMessage.Commit.class::cast).findFirst().orElseThrow();
            assertThat(commit.committedAt()).isCloseTo(Instant.now(), within(Duration.ofMinutes(5)));
            assertThat(commit.commitLsn().isBefore(commit.endLsn())).isTrue();
        }
    }

    @Test
    void messages_around_blocks_and_prepared_transactions_are_read() {
        LogDecoder decoder = new LogDecoder();
        Instant time = Instant.parse("2000-01-01T00:00:01.5Z");
        assertThat(read(decoder, message('S', out -> {
                    out.writeInt(77);
                    out.writeByte(1);
                })))
                .isEqualTo(new LogMessage.StreamStart(77, true));
        Heard heard = new Heard();
        byte[] insert = message('I', out -> {
            out.writeInt(78);
            out.writeInt(16_385);
            out.writeBytes("Nxy");
        });
        decoder.read(insert, 0, insert.length, heard);
        assertThat(heard.rows).containsExactly("INSERT 78 16385 Nxy");
        assertThat(read(decoder, message('E', _ -> {}))).isEqualTo(new LogMessage.StreamStop());
        assertThat(read(decoder, message('c', out -> {
                    out.writeInt(77);
                    out.writeByte(0);
                    out.writeLong(5);
                    out.writeLong(6);
                    out.writeLong(1_500_000);
                })))
                .isEqualTo(new LogMessage.StreamCommit(77, new Lsn(5), new Lsn(6), time));
        for (int extra : new int[] {0, 16}) {
            assertThat(read(decoder, message('A', out -> {
                        out.writeInt(77);
                        out.writeInt(78);
                        out.write(new byte[extra]);
                    })))
                    .isEqualTo(new LogMessage.StreamAbort(77, 78));
        }
        LogMessages.Writing prepared = out -> {
            out.writeLong(5);
            out.writeLong(6);
            out.writeLong(1_500_000);
            out.writeInt(77);
            text(out, "gid");
        };
        LogMessages.Writing flagged = out -> {
            out.writeByte(0);
            prepared.to(out);
        };
        assertThat(read(decoder, message('b', prepared))).isEqualTo(new LogMessage.BeginPrepare(new Lsn(5), new Lsn(6), time, 77, "gid"));
        assertThat(read(decoder, message('P', flagged))).isEqualTo(new LogMessage.Prepare(new Lsn(5), new Lsn(6), time, 77, "gid"));
        assertThat(read(decoder, message('K', flagged))).isEqualTo(new LogMessage.CommitPrepared(new Lsn(5), new Lsn(6), time, 77, "gid"));
        assertThat(read(decoder, message('p', flagged))).isEqualTo(new LogMessage.StreamPrepare(new Lsn(5), new Lsn(6), time, 77, "gid"));
        assertThat(read(decoder, message('r', out -> {
                    out.writeByte(0);
                    out.writeLong(5);
                    out.writeLong(6);
                    out.writeLong(1_500_000);
                    out.writeLong(0);
                    out.writeInt(77);
                    text(out, "gid");
                })))
                .isEqualTo(new LogMessage.RollbackPrepared(
                        new Lsn(5), new Lsn(6), time, Instant.parse("2000-01-01T00:00:00Z"), 77, "gid"));
        assertThat(read(decoder, message('O', out -> {
                    out.writeLong(9);
                    text(out, "elsewhere");
                })))
                .isEqualTo(new LogMessage.Origin(new Lsn(9), "elsewhere"));
        assertThat(read(decoder, message('M', out -> {
                    out.writeByte(1);
                    out.writeLong(9);
                    text(out, "prefix");
                    out.writeInt(3);
                    out.writeBytes("abc");
                })))
                .isEqualTo(new LogMessage.Note(true, new Lsn(9), "prefix", 3));
    }

    @Test
    void a_message_that_is_cut_short_or_changed_is_refused_and_never_read_beyond_its_end() throws SQLException {
        Seed seed = Seed.forTest("a_message_that_is_cut_short_or_changed_is_refused");
        RandomGenerator random = seed.random();
        try (TestDatabase database = TestPostgres.latest().newDatabase()) {
            String slot = database.name() + "_slot";
            database.execute("CREATE TABLE t (id int PRIMARY KEY, v text, n bigint)", "ALTER TABLE t REPLICA IDENTITY FULL");
            database.createPublicationAndSlot("pub", slot);
            database.execute("INSERT INTO t VALUES (1, 'one', 1)", "UPDATE t SET v = NULL", "DELETE FROM t", "TRUNCATE t");
            for (byte[] message : peek(database, slot, true)) {
                for (int length = 0; length < message.length; length++) {
                    assertRefused(Arrays.copyOf(message, length));
                }
                for (int i = 0; i < 500; i++) {
                    byte[] changed = message.clone();
                    changed[random.nextInt(changed.length)] = (byte) random.nextInt(256);
                    readLeniently(changed);
                }
            }
        }
    }

    /// Reads a message and, if it is of a row, its tuples, for a table of three columns.
    private static void readWhole(byte[] message) {
        new LogDecoder().read(message, 0, message.length, new LogConsumer() {
            @Override
            public void row(ChangeKind change, int xid, int relation, byte[] buffer, int from, int to) {
                TupleBounds.check(change, buffer, from, to, 3);
                new ColumnMask(new boolean[] {true, false, true}).apply(buffer, from, to);
            }

            @Override
            public void message(int xid, LogMessage read) {}
        });
    }

    private static void assertRefused(byte[] message) {
        assertThatIllegalStateException().isThrownBy(() -> readWhole(message)).withMessageStartingWith("Invalid");
    }

    private static void readLeniently(byte[] message) {
        try {
            readWhole(message);
        } catch (IllegalStateException e) {
            assertThat(e).hasMessageStartingWith("Invalid");
        }
    }

    @Test
    void a_letter_of_no_message_is_refused() {
        assertThatThrownBy(() -> read(new LogDecoder(), message('?', _ -> {})))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("'?'");
    }

    @Test
    void a_mask_drops_fields_from_every_tuple() {
        byte[] row = message('K', out -> {
            out.writeShort(3);
            out.writeBytes("n");
            out.writeByte('t');
            out.writeInt(1);
            out.writeBytes("ab");
            out.writeInt(2);
            out.writeBytes("xyN");
            out.writeShort(3);
            out.writeBytes("unu");
        });
        TupleBounds.check(ChangeKind.UPDATE, row, 0, row.length, 3);
        ColumnMask mask = new ColumnMask(new boolean[] {true, false, true});
        int length = mask.apply(row, 0, row.length);
        assertThat(Arrays.copyOf(mask.buffer(), length)).isEqualTo(message('K', out -> {
            out.writeShort(2);
            out.writeBytes("nb");
            out.writeInt(2);
            out.writeBytes("xyN");
            out.writeShort(2);
            out.writeBytes("uu");
        }));
    }
}
