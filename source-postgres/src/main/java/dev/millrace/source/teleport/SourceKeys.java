package dev.millrace.source.teleport;

import dev.millrace.core.change.Tuple;
import dev.millrace.core.copy.CopyRows;
import dev.millrace.core.fingerprint.BucketSums;
import dev.millrace.core.fingerprint.Buckets;
import dev.millrace.core.shape.Shape;
import dev.millrace.source.copy.BinaryCopyRows;
import dev.millrace.source.fault.PostgresFaults;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HexFormat;
import java.util.function.Consumer;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyOut;

/// A table's keys at the source, under the snapshot of a session. Belongs to one thread.
final class SourceKeys {

    /// Takes a key.
    @FunctionalInterface
    interface KeyConsumer {
        /// Takes it.
        void accept(long hash, byte[] key);
    }

    private static final int WORK_MEMORY_MB = 64;

    private final Connection session;
    private final Shape shape;
    private final String from;
    private long bytes;

    /// Reads in the session's transaction.
    ///
    /// @param from the table and the condition on its rows
    SourceKeys(Connection session, Shape shape, String from) {
        this.session = session;
        this.shape = shape;
        this.from = from;
    }

    /// How many bytes of rows came over the wire so far.
    long bytes() {
        return bytes;
    }

    /// What the server says of a table at one go.
    ///
    /// @param total of its keys
    /// @param counted how many rows a condition is true for
    record Summary(HashSums total, long counted) {}

    /// Counts and sums up everything, which costs the server much less than by bucket.
    ///
    /// @param condition on the rows that are counted by themselves
    Summary summary(String condition) {
        Tuple tuple = new Tuple();
        Summary[] summary = {new Summary(HashSums.NONE, 0)};
        String sql =
                """
                SELECT %s, count(*) FILTER (WHERE counted)
                FROM (SELECT %s AS h, %s AS counted FROM %s) AS hashes"""
                        .formatted(HashSums.columns(), KeySql.hash(shape), condition, from);
        read(sql, row -> {
            tuple.readCopied(row, 0);
            HashSums total = new HashSums(Tuple.int64(row, tuple.offset(0)), Tuple.int64(row, tuple.offset(1)), Tuple.int64(row, tuple.offset(2)));
            summary[0] = new Summary(total, Tuple.int64(row, tuple.offset(3)));
        });
        return summary[0];
    }

    /// Counts and sums up by the first `bits` bits of the hashes.
    ///
    /// @param within only keys in these buckets, which may be wider
    BucketSums sums(Buckets within, int bits) {
        BucketSums sums = new BucketSums(bits);
        Tuple tuple = new Tuple();
        // The offset keeps the hash from being computed for each use of it; and the planner from taking the keys' number for that of the
        // groups, for which it would sort. A plain 0, which is no constant yet when that is decided, would forbid parallel workers.
        String sql =
                """
                SELECT %s, count(*), sum((h >> 32)::int4), sum((h << 32 >> 32)::int4)
                FROM (SELECT %s AS h FROM %s OFFSET '0'::bigint) AS hashes WHERE %s GROUP BY 1"""
                        .formatted(number(bits, "h"), KeySql.hash(shape), from, in(within, "h"));
        read(sql, row -> {
            tuple.readCopied(row, 0);
            sums.set(
                    Tuple.int32(row, tuple.offset(0)),
                    Tuple.int64(row, tuple.offset(1)),
                    Tuple.int64(row, tuple.offset(2)),
                    Tuple.int64(row, tuple.offset(3)));
        });
        return sums;
    }

    /// Gives the keys in some buckets, in no order.
    void keys(Buckets buckets, KeyConsumer consumer) {
        Tuple tuple = new Tuple();
        String hash = KeySql.hash(shape);
        String sql = "SELECT %s, %s FROM (SELECT %s FROM %s) AS present WHERE %s"
                .formatted(hash, KeySql.fields(shape), KeySql.names(shape), from, in(buckets, hash));
        read(sql, row -> {
            tuple.readCopied(row, 0);
            consumer.accept(Tuple.int64(row, tuple.offset(0)), PackedKey.ofFields(shape, tuple, 1));
        });
    }

    /// The expression of [Buckets#of].
    private static String number(int bits, String hash) {
        return "((%s >> %d)::int4 + %d)".formatted(hash, Long.SIZE - bits, 1 << bits - 1);
    }

    /// The condition that a hash is in one of some buckets.
    static String in(Buckets buckets, String hash) {
        if (buckets.isAll()) {
            return "true";
        }
        String bitmap = HexFormat.of().formatHex(buckets.bitmap());
        return "get_bit(decode('%s', 'hex'), %s) = 1".formatted(bitmap, number(buckets.bits(), hash));
    }

    /// Lets the server keep so many groups in memory as there may be buckets, where it would go to its disk otherwise.
    void raiseWorkMemory() {
        try (Statement statement = session.createStatement()) {
            statement.execute("SELECT set_config('work_mem', '%1$dMB', true) WHERE pg_size_bytes(current_setting('work_mem')) < %1$d * 1024 * 1024"
                    .formatted(WORK_MEMORY_MB));
        } catch (SQLException e) {
            throw PostgresFaults.of(e, shape.table().toString());
        }
    }

    private void read(String sql, Consumer<byte[]> consumer) {
        String table = shape.table().toString();
        try {
            CopyOut copy = session.unwrap(PGConnection.class).getCopyAPI().copyOut("COPY (%s) TO STDOUT (FORMAT binary)".formatted(sql));
            try {
                CopyRows rows = new BinaryCopyRows(copy, table);
                for (byte[] row = rows.next(); row != null; row = rows.next()) {
                    bytes += row.length;
                    consumer.accept(row);
                }
            } finally {
                if (copy.isActive()) {
                    copy.cancelCopy();
                }
            }
        } catch (SQLException e) {
            throw PostgresFaults.of(e, table);
        }
    }
}
