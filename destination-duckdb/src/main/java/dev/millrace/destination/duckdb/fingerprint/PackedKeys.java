package dev.millrace.destination.duckdb.fingerprint;

import dev.millrace.core.copy.CopyRows;
import dev.millrace.core.fingerprint.Fingerprint;
import dev.millrace.core.shape.Column;
import dev.millrace.core.shape.Oid;
import dev.millrace.core.shape.RowIdentity;
import dev.millrace.core.shape.Shape;
import dev.millrace.core.shape.SourceType;
import dev.millrace.core.shape.TableName;
import dev.millrace.destination.duckdb.DuckSession;
import dev.millrace.destination.duckdb.type.DuckTypes;
import dev.millrace.destination.duckdb.vector.ColumnWriters;
import dev.millrace.destination.duckdb.vector.CopyFiller;
import dev.millrace.destination.duckdb.vector.RowStream;
import dev.millrace.destination.duckdb.vector.Unfit;
import java.nio.ByteBuffer;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/// Keys on their way into a table of the file. Belongs to one thread.
///
/// A key lies in three columns: `size`, its length in bytes; `head`, its first bytes, eight at most, as a number; and `rest`, the bytes
/// behind, null if there are none. So keys that are numbers take as much room as numbers, and every other key has its bytes.
final class PackedKeys {

    /// What DuckDB writes at once, in a transaction of any size, is a row group.
    private static final int ROW_GROUP = 122_880;

    /// The most bytes of keys that wait to be written.
    private static final long BYTES_MAX = 8L << 20;

    private static final int HEAD_BYTES = 8;
    private static final int COPY_OVERHEAD = 2 + 4 + 8 + 4 + 4 + 4 + 8 + 4;

    /// The columns of a key, as they are declared.
    static final String DECLARED = "hash BIGINT NOT NULL, size INTEGER NOT NULL, head BIGINT NOT NULL, rest BLOB";

    /// The columns of a key.
    static final String COLUMNS = "hash, size, head, rest";

    private static final Shape SHAPE = shape();

    private final DuckSession session;
    private final TableName table;
    private final String into;
    private final List<byte[]> rows = new ArrayList<>();
    private long bytes;

    /// Keys on their way into `into`.
    ///
    /// @param table whose keys they are
    /// @param into a table whose columns begin with those of [#DECLARED], and what its further columns shall be, such as `keys_7 SELECT *, 3`
    PackedKeys(DuckSession session, TableName table, String into) {
        this.session = session;
        this.table = table;
        this.into = into;
    }

    private static Shape shape() {
        SourceType int8 = new SourceType.Scalar(Oid.INT8, "int8", -1, true);
        SourceType int4 = new SourceType.Scalar(Oid.INT4, "int4", -1, true);
        SourceType bytea = new SourceType.Scalar(Oid.BYTEA, "bytea", -1, true);
        List<Column> columns =
                List.of(new Column("hash", int8), new Column("size", int4), new Column("head", int8), new Column("rest", bytea));
        return new Shape(new TableName("millrace", "keys"), columns, new RowIdentity.Keyed(List.of(0)));
    }

    /// The condition that two rows with a key hold the same.
    static String same(String one, String other) {
        return "%1$s.hash = %2$s.hash AND %1$s.size = %2$s.size AND %1$s.head = %2$s.head AND %1$s.rest IS NOT DISTINCT FROM %2$s.rest"
                .formatted(one, other);
    }

    /// The fingerprint in the columns [#COLUMNS], which come first.
    static Fingerprint read(ResultSet row) throws SQLException {
        long hash = row.getLong(1);
        int size = row.getInt(2);
        long head = row.getLong(3);
        byte[] key = new byte[size];
        int inHead = Math.min(size, HEAD_BYTES);
        for (int i = inHead - 1; i >= 0; i--) {
            key[i] = (byte) head;
            head >>= Byte.SIZE;
        }
        if (size > HEAD_BYTES) {
            byte[] rest = row.getBytes(4);
            System.arraycopy(rest, 0, key, HEAD_BYTES, size - HEAD_BYTES);
        }
        return new Fingerprint(hash, key);
    }

    /// Takes a key, and writes what waits if that is much; in the session's transaction if it has begun one.
    void add(long hash, byte[] key) {
        byte[] row = copied(hash, key);
        rows.add(row);
        bytes += row.length;
        if (rows.size() >= ROW_GROUP || bytes >= BYTES_MAX) {
            flush();
        }
    }

    /// A key as a row of a binary COPY, which is what vectors are filled from.
    private static byte[] copied(long hash, byte[] key) {
        int inHead = Math.min(key.length, HEAD_BYTES);
        long head = 0;
        for (int i = 0; i < inHead; i++) {
            head = head << Byte.SIZE | key[i] & 0xFF;
        }
        ByteBuffer row = ByteBuffer.allocate(COPY_OVERHEAD + key.length - inHead);
        row.putShort((short) 4).putInt(8).putLong(hash).putInt(4).putInt(key.length).putInt(8).putLong(head);
        if (key.length > HEAD_BYTES) {
            row.putInt(key.length - HEAD_BYTES).put(key, HEAD_BYTES, key.length - HEAD_BYTES);
        } else {
            row.putInt(-1);
        }
        return row.array();
    }

    /// Writes what waits.
    void flush() {
        if (rows.isEmpty()) {
            return;
        }
        int[] next = {0};
        CopyRows copied = () -> next[0] == rows.size() ? null : rows.get(next[0]++);
        Unfit unfit = new Unfit();
        RowStream.Builder builder = RowStream.of(table, new CopyFiller(copied, SHAPE), unfit, rows.size());
        List<String> values = new ArrayList<>();
        for (Column column : SHAPE.columns()) {
            values.add(builder.add(ColumnWriters.of(column, DuckTypes.of(column.type()), unfit), column.name()));
        }
        try (RowStream stream = builder.open()) {
            session.run(stream, "INSERT INTO %s FROM (SELECT %s FROM %s)".formatted(into, String.join(", ", values), stream.from()));
        }
        rows.clear();
        bytes = 0;
    }
}
