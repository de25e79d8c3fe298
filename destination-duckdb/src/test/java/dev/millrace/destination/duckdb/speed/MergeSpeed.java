package dev.millrace.destination.duckdb.speed;

import com.sun.management.OperatingSystemMXBean;
import dev.millrace.core.change.Batch;
import dev.millrace.core.change.BatchBuilder;
import dev.millrace.core.change.ChangeKind;
import dev.millrace.core.change.Transaction;
import dev.millrace.core.copy.CopyPlan;
import dev.millrace.core.copy.CopyRange;
import dev.millrace.core.copy.CopyRows;
import dev.millrace.core.destination.SourceIdentity;
import dev.millrace.core.destination.SyncMode;
import dev.millrace.core.position.LogPosition;
import dev.millrace.core.position.Lsn;
import dev.millrace.core.position.TransactionSnapshot;
import dev.millrace.core.shape.Column;
import dev.millrace.core.shape.Oid;
import dev.millrace.core.shape.RowIdentity;
import dev.millrace.core.shape.Shape;
import dev.millrace.core.shape.SourceType;
import dev.millrace.core.shape.TableName;
import dev.millrace.core.spool.Spool;
import dev.millrace.core.value.PgNumeric;
import dev.millrace.destination.duckdb.DuckDestination;
import dev.millrace.destination.duckdb.DuckSettings;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/// Measures batches: `MergeSpeed [changes] [batch megabytes] [rows in the table] [mode]`, then small batches of ten rows in three tables.
public final class MergeSpeed {

    private static final int CHANGES_A_TRANSACTION = 35;

    private MergeSpeed() {}

    public static void main(String[] arguments) throws Exception {
        long changes = arguments.length > 0 ? Long.parseLong(arguments[0]) : 1_400_000;
        int batchBytes = (arguments.length > 1 ? Integer.parseInt(arguments[1]) : 24) << 20;
        int rows = arguments.length > 2 ? Integer.parseInt(arguments[2]) : 2_000_000;
        SyncMode mode = arguments.length > 3 ? SyncMode.valueOf(arguments[3]) : SyncMode.SOFT_DELETE;
        for (int round = 0; round < 2; round++) {
            Path folder = Files.createTempDirectory("merge-speed");
            Path file = folder.resolve("speed.duckdb");
            try (Spool spool = Spool.open(folder);
                    DuckDestination destination =
                            DuckDestination.open(file, "speed", DuckSettings.defaults(), InstantSource.system())) {
                destination.adopt(new SourceIdentity("1", "speed"), new LogPosition(new Lsn(1)));
                for (int table = 0; table < 3; table++) {
                    publish(destination, SHAPES[table], mode, table == 0 ? rows : 100_000);
                }
                new Measurement(destination, spool, batchBytes, rows).run(changes);
            }
            System.out.printf("file %d MB%n", Files.size(file) >> 20);
            Files.delete(file);
        }
    }

    private static void publish(DuckDestination destination, Shape shape, SyncMode mode, int rows) {
        CopyRange range = new CopyRange(0, "x", "", rows / 55);
        destination.beginCopy(new CopyPlan(shape, "1", List.of(range), rows), mode);
        Random random = new Random(2);
        int[] given = {0};
        CopyRows source = () -> given[0] == rows ? null : copied(given[0]++, random);
        destination.load(shape.table(), range, TransactionSnapshot.parse("1:1:"), new LogPosition(new Lsn(1)), Instant.EPOCH, source);
        destination.endCopy(shape.table());
        destination.publish(shape.table());
    }

    private static final class Measurement {
        private final DuckDestination destination;
        private final BatchBuilder builder;
        private final int batchBytes;
        private final Random random = new Random(3);
        private final OperatingSystemMXBean system = (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
        private int nextKey;
        private long lsn = 10;
        private long inWrite;

        Measurement(DuckDestination destination, Spool spool, int batchBytes, int rows) {
            this.destination = destination;
            this.builder = new BatchBuilder(spool, batchBytes);
            this.batchBytes = batchBytes;
            this.nextKey = rows;
        }

        void run(long changes) {
            long cpu = system.getProcessCpuTime();
            long wall = System.nanoTime();
            int batches = 0;
            for (long done = 0; done < changes; ) {
                while (builder.sizeInBytes() < batchBytes && done < changes) {
                    for (int i = 0; i < CHANGES_A_TRANSACTION; i++) {
                        change(SHAPES[0], done / CHANGES_A_TRANSACTION + 100);
                        done++;
                    }
                    builder.commit(Instant.EPOCH);
                }
                write();
                batches++;
            }
            double seconds = (System.nanoTime() - wall) / 1e9;
            System.out.printf(
                    "%d changes in %d batches: %.2f s (%.2f s within write), %.2f CPU-s; %.0f changes/s of write%n",
                    changes, batches, seconds, inWrite / 1e9, (system.getProcessCpuTime() - cpu) / 1e9, changes / (inWrite / 1e9));
            small();
        }

        private void small() {
            long[] millis = new long[60];
            for (int i = 0; i < millis.length; i++) {
                for (Shape shape : SHAPES) {
                    for (int change = 0; change < 3; change++) {
                        change(shape, 1_000_000 + i);
                    }
                }
                builder.commit(Instant.EPOCH);
                inWrite = 0;
                write();
                millis[i] = inWrite / 1000;
            }
            Arrays.sort(millis);
            System.out.printf("9 changes in 3 tables: median %.1f ms, max %.1f ms%n", millis[30] / 1e3, millis[59] / 1e3);
        }

        private void write() {
            lsn += 10;
            try (Batch batch = builder.build(new LogPosition(new Lsn(lsn)), Optional.empty())) {
                long began = System.nanoTime();
                destination.write(batch);
                inWrite += System.nanoTime() - began;
            }
        }

        private void change(Shape shape, long xid) {
            int chance = random.nextInt(100);
            int key = chance < 25 ? nextKey++ : random.nextInt(nextKey);
            byte[] message = chance < 85 ? logged('N', key, random) : logged('K', key, null);
            ChangeKind kind = chance < 25 ? ChangeKind.INSERT : chance < 85 ? ChangeKind.UPDATE : ChangeKind.DELETE;
            builder.add(shape, kind, new Transaction(xid, 0), message, 0, message.length);
        }
    }

    private static final Shape[] SHAPES = {shape("a"), shape("b"), shape("c")};

    private static Shape shape(String table) {
        SourceType int8 = new SourceType.Scalar(Oid.INT8, "int8", -1, true);
        SourceType money = new SourceType.Scalar(Oid.NUMERIC, "numeric", (15 << 16 | 2) + 4, true);
        SourceType timestamp = new SourceType.Scalar(Oid.TIMESTAMPTZ, "timestamptz", -1, true);
        SourceType text = new SourceType.Scalar(Oid.TEXT, "text", -1, true);
        List<SourceType> types = List.of(int8, int8, money, timestamp, text, text, money, text);
        List<Column> columns = IntStream.range(0, types.size())
                .mapToObj(i -> new Column("c_" + i, types.get(i)))
                .toList();
        return new Shape(new TableName("public", table), columns, new RowIdentity.Keyed(List.of(0)));
    }

    private static byte[][] values(int key, Random random) {
        return new byte[][] {
            java.nio.ByteBuffer.allocate(8).putLong(key).array(),
            java.nio.ByteBuffer.allocate(8).putLong(random.nextInt(100_000)).array(),
            PgNumeric.binary("%d.25".formatted(random.nextInt(1000))),
            java.nio.ByteBuffer.allocate(8).putLong(random.nextInt() * 1000L).array(),
            "NEW".getBytes(StandardCharsets.UTF_8),
            ("customer " + random.nextInt(50_000)).getBytes(StandardCharsets.UTF_8),
            PgNumeric.binary("0.05"),
            ("quickly express deposits " + random.nextInt()).getBytes(StandardCharsets.UTF_8)
        };
    }

    private static byte[] copied(int key, Random random) {
        return pack(out -> {
            out.writeShort(8);
            for (byte[] value : values(key, random)) {
                out.writeInt(value.length);
                out.write(value);
            }
        });
    }

    private static byte[] logged(char letter, int key, @Nullable Random random) {
        return pack(out -> {
            out.writeByte(letter);
            out.writeShort(8);
            byte[][] values = values(key, random == null ? new Random(1) : random);
            for (int i = 0; i < values.length; i++) {
                out.writeByte(random == null && i > 0 ? 'n' : 'b');
                if (random != null || i == 0) {
                    out.writeInt(values[i].length);
                    out.write(values[i]);
                }
            }
        });
    }

    private interface Packing {
        void write(DataOutputStream out) throws IOException;
    }

    private static byte[] pack(Packing packing) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(128);
        try {
            packing.write(new DataOutputStream(bytes));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }
}
