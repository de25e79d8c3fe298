package dev.millrace.source.wal;

import static dev.millrace.source.pgoutput.LogMessages.message;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.sun.management.ThreadMXBean;
import dev.millrace.core.fault.Fault;
import dev.millrace.core.fault.FaultKind;
import dev.millrace.core.position.Lsn;
import dev.millrace.core.run.Limits;
import dev.millrace.core.shape.Column;
import dev.millrace.core.shape.Oid;
import dev.millrace.core.shape.RowIdentity;
import dev.millrace.core.shape.Shape;
import dev.millrace.core.shape.SourceType;
import dev.millrace.core.shape.TableName;
import dev.millrace.core.spool.Spool;
import dev.millrace.testkit.Seed;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// A log whose messages are cut short, changed, made longer, left out or repeated on their way: it is refused, or read, and never does
/// anything else.
@Timeout(60)
class DamagedLogTest {

    private static final int HISTORIES = 3_000;
    private static final long BYTES_MAX = 8 << 20;
    private static final int TABLE = 16_400;
    private static final Shape SHAPE = new Shape(
            new TableName("public", "t"),
            List.of(
                    new Column("id", new SourceType.Scalar(Oid.INT4, "int4", -1, true)),
                    new Column("v", new SourceType.Scalar(Oid.TEXT, "text", -1, true))),
            new RowIdentity.Keyed(List.of(0)));

    @TempDir
    Path folder;

    /// What the log asks the catalogue.
    private static final class OneTable implements TableLookup {
        @Override
        public Optional<FollowedTable> find(TableName table) {
            return table.equals(SHAPE.table()) ? Optional.of(new FollowedTable(SHAPE, _ -> false)) : Optional.empty();
        }

        @Override
        public Optional<SourceType> type(int oid, int modifier) {
            return Optional.empty();
        }
    }

    private static byte[] begin(long commit, int xid) {
        return message('B', out -> {
            out.writeLong(commit);
            out.writeLong(0);
            out.writeInt(xid);
        });
    }

    private static byte[] commit(long commit) {
        return message('C', out -> {
            out.writeByte(0);
            out.writeLong(commit);
            out.writeLong(commit + 48);
            out.writeLong(0);
        });
    }

    private static byte[] relation() {
        return message('R', out -> {
            out.writeInt(TABLE);
            out.writeBytes("public\0t\0d");
            out.writeShort(2);
            out.writeBytes("\1id\0");
            out.writeInt(Oid.INT4);
            out.writeInt(-1);
            out.writeBytes("\0v\0");
            out.writeInt(Oid.TEXT);
            out.writeInt(-1);
        });
    }

    private static byte[] row(char letter, char tuple, String id, String v) {
        return message(letter, out -> {
            out.writeInt(TABLE);
            out.writeByte(tuple);
            out.writeShort(2);
            for (String field : new String[] {id, v}) {
                out.writeByte('t');
                out.writeInt(field.length());
                out.write(field.getBytes(StandardCharsets.UTF_8));
            }
        });
    }

    private static byte[] truncate() {
        return message('T', out -> {
            out.writeInt(1);
            out.writeByte(0);
            out.writeInt(TABLE);
        });
    }

    /// Five transactions, one of them in blocks.
    private static List<byte[]> history() {
        List<byte[]> messages = new ArrayList<>();
        for (int i = 1; i <= 4; i++) {
            messages.add(begin(end(i) - 48, 700 + i));
            messages.add(relation());
            messages.add(row('I', 'N', "" + i, "value"));
            messages.add(row('U', 'N', "" + i, "other"));
            messages.add(row('D', 'K', "" + i, ""));
            messages.add(truncate());
            messages.add(commit(end(i) - 48));
        }
        messages.add(message('S', out -> {
            out.writeInt(705);
            out.writeByte(1);
        }));
        messages.add(inBlock(705, relation()));
        messages.add(inBlock(705, row('I', 'N', "5", "five")));
        messages.add(message('E', _ -> {}));
        messages.add(message('c', out -> {
            out.writeInt(705);
            out.writeByte(0);
            out.writeLong(end(5) - 48);
            out.writeLong(end(5));
            out.writeLong(0);
        }));
        return messages;
    }

    private static byte[] inBlock(int xid, byte[] message) {
        return message((char) message[0], out -> {
            out.writeInt(xid);
            out.write(message, 1, message.length - 1);
        });
    }

    private static long end(int transaction) {
        return 0x1000_0000L + transaction * 0x1000L;
    }

    private static byte[] damage(byte[] whole, Random random) {
        return switch (random.nextInt(4)) {
            case 0 -> Arrays.copyOf(whole, random.nextInt(whole.length));
            case 1 -> Arrays.copyOf(whole, whole.length + 1 + random.nextInt(40));
            case 2 -> huge(whole, random);
            default -> {
                byte[] changed = whole.clone();
                changed[random.nextInt(changed.length)] = (byte) random.nextInt(256);
                yield changed;
            }
        };
    }

    /// Puts a number in that announces as much as there can be.
    private static byte[] huge(byte[] whole, Random random) {
        byte[] changed = whole.clone();
        int at = random.nextInt(changed.length);
        for (int i = at; i < Math.min(changed.length, at + 4); i++) {
            changed[i] = (byte) (i == at ? 0x7F : 0xFF);
        }
        return changed;
    }

    @Test
    void a_time_that_no_clock_shows_is_refused() {
        List<byte[]> history = history();
        int begin = IntStream.range(0, history.size()).filter(i -> history.get(i)[0] == 'B').findFirst().orElseThrow();
        try (Spool spool = Spool.open(folder)) {
            for (long time : new long[] {Long.MIN_VALUE, Long.MAX_VALUE}) {
                byte[] message = history.get(begin).clone();
                ByteBuffer.wrap(message).putLong(1 + Long.BYTES, time);
                assertThat(isRefused(spool, history, begin, message)).isTrue();
            }
        }
    }

    @Test
    void whatever_is_damaged_is_refused_without_waiting_or_taking_memory_and_no_position_is_lost() {
        Random random = Seed.forTest("damaged log").random();
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        List<byte[]> history = history();
        int refused = 0;
        try (Spool spool = Spool.open(folder)) {
            for (int i = 0; i < HISTORIES; i++) {
                int damaged = random.nextInt(history.size());
                byte[] message = damage(history.get(damaged), random);
                long before = threads.getCurrentThreadAllocatedBytes();
                if (isRefused(spool, history, damaged, message)) {
                    refused++;
                }
                assertThat(threads.getCurrentThreadAllocatedBytes() - before).isLessThan(BYTES_MAX);
            }
        }
        assertThat(refused).isBetween(HISTORIES / 2, HISTORIES);
    }

    /// Reads the history with one message changed; what lies before it is read, what lies behind it is not passed over.
    private boolean isRefused(Spool spool, List<byte[]> history, int damaged, byte[] message) {
        try (Assembler assembler = assembler(spool)) {
            int transaction = 0;
            for (int i = 0; i < history.size(); i++) {
                byte[] each = i == damaged ? message : history.get(i);
                Lsn reached = assembler.reached();
                try {
                    assembler.take(each, 0, each.length);
                } catch (Fault fault) {
                    assertThat(fault.kind()).isEqualTo(FaultKind.LOG_DAMAGED);
                    assertThat(fault.description()).contains(reached.toString());
                    assertThat(assembler.reached()).isEqualTo(reached);
                    assertThat(assembler.handedOut()).isEqualTo(new Lsn(end(0)));
                    return true;
                }
                transaction += i < damaged && history.get(i)[0] == 'C' ? 1 : 0;
                if (i < damaged) {
                    assertThat(assembler.reached()).isEqualTo(new Lsn(end(transaction)));
                }
            }
            return false;
        }
    }

    @Test
    void a_damaged_row_is_named_by_table_column_and_place() {
        try (Spool spool = Spool.open(folder);
                Assembler assembler = assembler(spool)) {
            List<byte[]> history = history();
            for (int i = 0; i < 9; i++) {
                assembler.take(history.get(i), 0, history.get(i).length);
            }
            byte[] insert = history.get(9);
            byte[] cut = Arrays.copyOf(insert, insert.length - 1);
            Fault fault = catchThrowableOfType(Fault.class, () -> assembler.take(cut, 0, cut.length));
            assertThat(fault.subject()).isEqualTo("public.t");
            assertThat(fault.description()).contains("column v", new Lsn(end(1)).toString()).doesNotContain("value");
            assertThat(fault.remedy()).contains("Run again");
        }
    }

    private static Assembler assembler(Spool spool) {
        XidsRead read = new XidsRead();
        Lsn start = new Lsn(end(0));
        Relations relations = new Relations(new OneTable());
        relations.begin(false);
        return new Assembler(
                Limits.defaults(),
                spool,
                relations,
                new Handover(1, start),
                new FenceWatch(read),
                read,
                new Opening(17, start, new LogExtent(start, start, start), 700, Duration.ofSeconds(60)));
    }
}
