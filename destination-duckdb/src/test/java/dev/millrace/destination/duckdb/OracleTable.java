package dev.millrace.destination.duckdb;

import dev.millrace.core.copy.CopyRows;
import dev.millrace.core.shape.Column;
import dev.millrace.core.shape.Oid;
import dev.millrace.core.shape.RowIdentity;
import dev.millrace.core.shape.Shape;
import dev.millrace.core.shape.SourceType;
import dev.millrace.core.shape.TableName;
import dev.millrace.core.shape.WireForm;
import dev.millrace.testkit.postgres.TestDatabase;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;

/// A table `oracle (id int4, v TYPE)` in a real PostgreSQL, and its rows in every form in which they can travel.
final class OracleTable {

    private static final int HEADER = 19;

    private final TestDatabase database;
    private final Shape shape;

    private OracleTable(TestDatabase database, Shape shape) {
        this.database = database;
        this.shape = shape;
    }

    /// Makes the table anew, with a row for each literal.
    static OracleTable of(TestDatabase database, String type, List<String> literals) {
        database.execute("DROP TABLE IF EXISTS oracle", "CREATE TABLE oracle (id int4 PRIMARY KEY, v " + type + ")");
        for (int i = 0; i < literals.size(); i++) {
            database.execute("INSERT INTO oracle VALUES (%d, %s)".formatted(i, literals.get(i)));
        }
        int oid = Integer.parseInt(database.value(
                "SELECT atttypid FROM pg_attribute WHERE attrelid = 'oracle'::regclass AND attname = 'v'"));
        int modifier = Integer.parseInt(database.value(
                "SELECT atttypmod FROM pg_attribute WHERE attrelid = 'oracle'::regclass AND attname = 'v'"));
        List<Column> columns = List.of(
                new Column("id", new SourceType.Scalar(Oid.INT4, "int4", -1, true)),
                new Column("v", type(database, oid, modifier)));
        return new OracleTable(database, new Shape(new TableName("public", "oracle"), columns, new RowIdentity.Keyed(List.of(0))));
    }

    private static SourceType type(TestDatabase database, int oid, int modifier) {
        List<@Nullable String> row = database.query("""
                SELECT coalesce(x.extname || '/', '') || t.typname, t.typtype, t.typbasetype, t.typtypmod,
                       CASE WHEN t.typcategory = 'A' AND t.oid NOT IN (22, 30) THEN t.typelem ELSE 0 END, coalesce(r.rngsubtype, m.rngsubtype, 0),
                       t.typrelid, t.typsend <> 0
                FROM pg_type t
                LEFT JOIN pg_range r ON r.rngtypid = t.oid
                LEFT JOIN pg_range m ON m.rngmultitypid = t.oid
                LEFT JOIN pg_depend d ON d.classid = 'pg_type'::regclass AND d.objid = t.oid AND d.deptype = 'e'
                LEFT JOIN pg_extension x ON x.oid = d.refobjid
                WHERE t.oid = %d""".formatted(oid)).getFirst();
        String name = String.valueOf(row.get(0));
        int element = Integer.parseInt(String.valueOf(row.get(4)));
        if (element != 0) {
            return new SourceType.ArrayOf(oid, name, type(database, element, modifier));
        }
        int subtype = Integer.parseInt(String.valueOf(row.get(5)));
        return switch (String.valueOf(row.get(1))) {
            case "e" -> new SourceType.Enumeration(oid, name);
            case "d" -> new SourceType.Domain(
                    oid,
                    name,
                    type(database, Integer.parseInt(String.valueOf(row.get(2))), Integer.parseInt(String.valueOf(row.get(3)))));
            case "r" -> new SourceType.RangeOf(oid, name, type(database, subtype, -1));
            case "m" -> new SourceType.MultirangeOf(oid, name, type(database, subtype, -1));
            case "c" -> new SourceType.Composite(oid, name, fields(database, String.valueOf(row.get(6))));
            default -> new SourceType.Scalar(oid, name, oid == Oid.MONEY ? 2 : modifier, String.valueOf(row.get(7)).equals("t"));
        };
    }

    private static List<Column> fields(TestDatabase database, String relation) {
        return database.query("""
                SELECT attname, atttypid, atttypmod FROM pg_attribute
                WHERE attrelid = %s AND attnum > 0 AND NOT attisdropped ORDER BY attnum""".formatted(relation)).stream()
                .map(row -> new Column(
                        String.valueOf(row.get(0)),
                        type(database, Integer.parseInt(String.valueOf(row.get(1))), Integer.parseInt(String.valueOf(row.get(2))))))
                .toList();
    }

    Shape shape() {
        return shape;
    }

    /// The text of each value by its type's output function, by id.
    List<@Nullable String> texts() {
        return database.query("SELECT CASE WHEN num_nulls(v) = 0 THEN format('%s', v) END FROM oracle ORDER BY id").stream()
                .<@Nullable String>map(List::getFirst).toList();
    }

    /// The rows as a copy brings them.
    CopyRows copied() {
        Iterator<byte[]> rows = rows().iterator();
        return () -> rows.hasNext() ? rows.next() : null;
    }

    /// The bytes of each value in the form of a copy, by id; null for null.
    List<byte @Nullable []> sent() {
        List<byte @Nullable []> values = new ArrayList<>();
        for (byte[] row : rows()) {
            int length = ByteBuffer.wrap(row).getInt(2 + 8);
            values.add(length < 0 ? null : Arrays.copyOfRange(row, 2 + 8 + 4, 2 + 8 + 4 + length));
        }
        return values;
    }

    private List<byte[]> rows() {
        boolean isText = WireForm.of(shape.columns().get(1).type()) == WireForm.TEXT;
        String sql = "COPY (SELECT id, v%s FROM oracle ORDER BY id) TO STDOUT (FORMAT binary)".formatted(isText ? "::text" : "");
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (Connection session = database.session()) {
            session.unwrap(PGConnection.class)
                    .getCopyAPI()
                    .copyOut(sql, bytes);
        } catch (SQLException | IOException e) {
            throw new AssertionError(e);
        }
        return split(bytes.toByteArray());
    }

    private static List<byte[]> split(byte[] all) {
        ByteBuffer buffer = ByteBuffer.wrap(all).position(HEADER);
        List<byte[]> rows = new ArrayList<>();
        while (true) {
            int start = buffer.position();
            int fields = buffer.getShort();
            if (fields < 0) {
                return rows;
            }
            for (int i = 0; i < fields; i++) {
                int length = buffer.getInt();
                buffer.position(buffer.position() + Math.max(0, length));
            }
            rows.add(Arrays.copyOfRange(all, start, buffer.position()));
        }
    }
}
