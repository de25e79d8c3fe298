package dev.millrace.destination.duckdb.speed;

import com.sun.management.OperatingSystemMXBean;
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
import dev.millrace.core.value.PgNumeric;
import dev.millrace.destination.duckdb.DuckDestination;
import dev.millrace.destination.duckdb.DuckSettings;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;

/// Measures the loading of rows in the shape of TPC-H's lineitem: `CopySpeed [rows] [ranges at the same time]`.
public final class CopySpeed {

    private static final int DISTINCT = 400_000;
    private static final String WORDS = "carefully final deposits sleep furiously above the quick express requests ";

    private CopySpeed() {}

    public static void main(String[] arguments) throws Exception {
        long rows = arguments.length > 0 ? Long.parseLong(arguments[0]) : 6_000_000;
        int ranges = arguments.length > 1 ? Integer.parseInt(arguments[1]) : 2;
        byte[][] made = make();
        OperatingSystemMXBean system = (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
        for (int round = 0; round < 3; round++) {
            Path folder = Files.createTempDirectory("copy-speed");
            Path file = folder.resolve("speed.duckdb");
            long cpu = system.getProcessCpuTime();
            long wall = System.nanoTime();
            try (DuckDestination destination =
                    DuckDestination.open(file, "speed", DuckSettings.defaults(), InstantSource.system())) {
                destination.adopt(new SourceIdentity("1", "speed"), new LogPosition(new Lsn(1)));
                load(destination, made, rows, ranges);
                report("loaded", rows, wall, cpu);
                destination.publish(SHAPE.table());
                report("published", rows, wall, cpu);
            }
            report("closed", rows, wall, cpu);
            System.out.printf("file %d MB%n", Files.size(file) >> 20);
            Files.delete(file);
            Files.delete(folder);
        }
    }

    private static void load(DuckDestination destination, byte[][] made, long rows, int count) throws InterruptedException {
        List<CopyRange> ranges = IntStream.range(0, count)
                .mapToObj(number -> new CopyRange(number, "lineitem", "", rows / count / 55))
                .toList();
        destination.beginCopy(new CopyPlan(SHAPE, "1", ranges, rows), SyncMode.SOFT_DELETE);
        List<Thread> threads = new ArrayList<>();
        for (CopyRange range : ranges) {
            threads.add(Thread.ofPlatform().start(() -> destination.load(
                    SHAPE.table(), range, TransactionSnapshot.parse("1:1:"), new LogPosition(new Lsn(1)), Instant.EPOCH, rows(made, rows / count, range.number()))));
        }
        for (Thread thread : threads) {
            thread.join();
        }
        destination.endCopy(SHAPE.table());
    }

    private static CopyRows rows(byte[][] made, long count, int seed) {
        long[] given = {0};
        return () -> given[0] == count ? null : made[(int) ((given[0]++ + seed * 131L) % made.length)];
    }

    private static void report(String what, long rows, long wall, long cpu) {
        OperatingSystemMXBean system = (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
        double seconds = (System.nanoTime() - wall) / 1e9;
        double cpuSeconds = (system.getProcessCpuTime() - cpu) / 1e9;
        System.out.printf("%-9s %6.2f s %6.2f CPU-s %9.0f rows/CPU-s%n", what, seconds, cpuSeconds, rows / cpuSeconds);
    }

    private static final Shape SHAPE = shape();

    private static Shape shape() {
        SourceType int8 = new SourceType.Scalar(Oid.INT8, "int8", -1, true);
        SourceType int4 = new SourceType.Scalar(Oid.INT4, "int4", -1, true);
        SourceType money = new SourceType.Scalar(Oid.NUMERIC, "numeric", (15 << 16 | 2) + 4, true);
        SourceType date = new SourceType.Scalar(Oid.DATE, "date", -1, true);
        SourceType text = new SourceType.Scalar(Oid.BPCHAR, "bpchar", -1, true);
        List<SourceType> types = List.of(
                int8, int4, int4, int4, money, money, money, money, text, text, date, date, date, text, text, text);
        List<Column> columns = IntStream.range(0, types.size())
                .mapToObj(i -> new Column("l_" + i, types.get(i)))
                .toList();
        return new Shape(new TableName("public", "lineitem"), columns, new RowIdentity.Keyed(List.of(0, 3)));
    }

    private static byte[][] make() throws IOException {
        Random random = new Random(1);
        byte[][] made = new byte[DISTINCT][];
        for (int i = 0; i < made.length; i++) {
            ByteArrayOutputStream bytes = new ByteArrayOutputStream(200);
            DataOutputStream out = new DataOutputStream(bytes);
            out.writeShort(16);
            out.writeInt(8);
            out.writeLong(i / 4);
            for (int value : new int[] {random.nextInt(200_000), random.nextInt(10_000), i % 4}) {
                out.writeInt(4);
                out.writeInt(value);
            }
            numeric(out, random.nextInt(50) + ".00");
            numeric(out, "%d.%02d".formatted(900 + random.nextInt(100_000), random.nextInt(100)));
            numeric(out, "0.0" + random.nextInt(10));
            numeric(out, "0.0" + random.nextInt(9));
            text(out, "NRA".substring(random.nextInt(3)).substring(0, 1));
            text(out, "OF".substring(random.nextInt(2)).substring(0, 1));
            for (int date = 0; date < 3; date++) {
                out.writeInt(4);
                out.writeInt(-2900 + random.nextInt(2500));
            }
            text(out, random.nextBoolean() ? "DELIVER IN PERSON        " : "COLLECT COD              ");
            text(out, random.nextBoolean() ? "TRUCK     " : "MAIL      ");
            int from = random.nextInt(20);
            text(out, WORDS.substring(from, from + 10 + random.nextInt(34)) + random.nextInt(1000));
            made[i] = bytes.toByteArray();
        }
        return made;
    }

    private static void numeric(DataOutputStream out, String value) throws IOException {
        byte[] bytes = PgNumeric.binary(value);
        out.writeInt(bytes.length);
        out.write(bytes);
    }

    private static void text(DataOutputStream out, String value) throws IOException {
        byte[] bytes = value.getBytes(StandardCharsets.UTF_8);
        out.writeInt(bytes.length);
        out.write(bytes);
    }
}
