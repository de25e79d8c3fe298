package dev.millrace.worker.teleport;

import static dev.millrace.worker.teleport.IndexedTable.NOTES;

import dev.millrace.destination.duckdb.fingerprint.DuckFingerprints;
import dev.millrace.source.teleport.TableDiffer;
import dev.millrace.testkit.postgres.TestDatabase;
import dev.millrace.testkit.postgres.TestPostgres;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.List;

/// Measures a comparison of one table: `DiffSpeed [rows] [deletes] [version of PostgreSQL]`.
public final class DiffSpeed {

    private static final int ROUNDS = 5;

    private DiffSpeed() {}

    /// Something that takes time.
    private interface Work {
        void run() throws SQLException;
    }

    public static void main(String[] arguments) throws Exception {
        long rows = arguments.length > 0 ? Long.parseLong(arguments[0]) : 10_000_000;
        long deletes = arguments.length > 1 ? Long.parseLong(arguments[1]) : 100_000;
        int version = arguments.length > 2 ? Integer.parseInt(arguments[2]) : 17;
        Path file = Files.createTempDirectory("diff-speed").resolve("keys.duckdb");
        try (TestDatabase db = TestPostgres.version(version).newDatabase()) {
            db.execute(
                    "CREATE UNLOGGED TABLE notes (id bigint)",
                    "INSERT INTO notes SELECT i * 7919 FROM generate_series(1, %d::bigint) i".formatted(rows),
                    "VACUUM (FREEZE, ANALYZE) notes");
            try (DuckFingerprints index = DuckFingerprints.open(file);
                    IndexedTable notes = new IndexedTable(db, index)) {
                index.begin(NOTES);
                System.out.printf("added and copied   %6.2f s%n", seconds(() -> notes.learn("true")));
                System.out.printf("made a set         %6.2f s%n", seconds(() -> index.count(NOTES)));
                index.promise(List.of(NOTES), "p0");
                index.confirm("p0");
                double[] sum = new double[ROUNDS];
                double[] same = new double[ROUNDS];
                for (int round = 0; round < ROUNDS; round++) {
                    sum[round] = seconds(() -> db.query(IndexedTable.oneSum()));
                    same[round] = seconds(() -> report("nothing changed", notes.diff(_ -> {})));
                }
                System.out.printf("one sum %s s, nothing changed %s s, ratio of the least %.2f%n",
                        Arrays.toString(rounded(sum)), Arrays.toString(rounded(same)), least(same) / least(sum));
                for (long each : List.of(10L, deletes)) {
                    db.execute("DELETE FROM notes WHERE hashint8extended(id, %d) & 1099511627775 < 1099511627776 / %d * %d"
                            .formatted(each, rows, each));
                    System.out.printf("took               %6.2f s%n", seconds(() -> report(each + " deletes", notes.diff(_ -> {}))));
                    index.promise(List.of(NOTES), "p" + each);
                    System.out.printf("confirmed          %6.2f s%n", seconds(() -> index.confirm("p" + each)));
                }
                db.execute("UPDATE notes SET id = id WHERE id % 10 = 0");
                System.out.printf("a tenth added again%6.2f s%n", seconds(() -> {
                    notes.learn("id % 10 = 0");
                    index.count(NOTES);
                }));
            }
            System.out.printf("file %d MB, %.1f bytes a row%n", Files.size(file) >> 20, (double) Files.size(file) / rows);
        }
        Files.delete(file);
    }

    private static void report(String what, TableDiffer.Found found) {
        System.out.printf("%-18s %d rows, %d vanished, %d unknown, %d bytes%n", what, found.rows(), found.vanished(), found.unknown(), found.bytes());
    }

    private static double seconds(Work work) throws SQLException {
        long began = System.nanoTime();
        work.run();
        return (System.nanoTime() - began) / 1e9;
    }

    private static double least(double[] values) {
        return Arrays.stream(values).min().orElseThrow();
    }

    private static double[] rounded(double[] values) {
        return Arrays.stream(values).map(value -> Math.round(value * 100) / 100.0).toArray();
    }
}
