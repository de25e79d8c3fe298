package dev.millrace.destination.duckdb;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.core.change.ChangeKind;
import dev.millrace.core.change.Piece;
import dev.millrace.core.change.TableChangesBuilder;
import dev.millrace.core.change.Transaction;
import dev.millrace.core.change.Tuple;
import dev.millrace.core.copy.CopyPlan;
import dev.millrace.core.copy.CopyRange;
import dev.millrace.core.destination.SourceIdentity;
import dev.millrace.core.destination.SyncMode;
import dev.millrace.core.position.LogPosition;
import dev.millrace.core.position.Lsn;
import dev.millrace.core.position.TransactionSnapshot;
import dev.millrace.core.shape.Shape;
import dev.millrace.core.shape.WireForm;
import dev.millrace.testkit.change.ScriptedBatch;
import dev.millrace.testkit.postgres.TestDatabase;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Takes values of one PostgreSQL type to DuckDB on every path: by copy, by a log in text, by a log in binary.
///
/// PostgreSQL writes the bytes; what DuckDB shows must be what is expected, and the same on every path.
final class TypeRoundTrip {

    private final String type;
    private final String stored;
    private final List<String> literals = new ArrayList<>();
    private final List<@Nullable String> expected = new ArrayList<>();

    private TypeRoundTrip(String type, String stored) {
        this.type = type;
        this.stored = stored;
    }

    /// Begins with a type of PostgreSQL and the type that DuckDB must have for it, once all values are in.
    static TypeRoundTrip of(String type, String stored) {
        return new TypeRoundTrip(type, stored).add("NULL", null);
    }

    /// Adds a value: an SQL expression for PostgreSQL, and DuckDB's text.
    TypeRoundTrip add(String literal, @Nullable String duck) {
        literals.add(literal);
        expected.add(duck);
        return this;
    }

    /// Adds a text that DuckDB shows as PostgreSQL does.
    TypeRoundTrip same(String text) {
        return add("'" + text.replace("'", "''") + "'", text);
    }

    void check(TestDatabase database, Path folder) {
        OracleTable table = OracleTable.of(database, type, literals);
        Path file = folder.resolve(Long.toHexString(System.nanoTime()) + ".duckdb");
        try (DuckDestination destination =
                DuckDestination.open(file, "shop", DuckSettings.defaults(), InstantSource.system())) {
            Shape shape = table.shape();
            destination.adopt(new SourceIdentity("1", "x"), new LogPosition(new Lsn(1)));
            CopyRange range = new CopyRange(0, "oracle", "", 1);
            destination.beginCopy(new CopyPlan(shape, "1", List.of(range), 1), SyncMode.SOFT_DELETE);
            destination.load(shape.table(), range, TransactionSnapshot.parse("1:1:"), new LogPosition(new Lsn(1)), Instant.EPOCH, table.copied());
            destination.endCopy(shape.table());
            destination.publish(shape.table());
            checkRows(file, "copied");

            rewrite(destination, shape, 2, Tuple.TEXT, table.texts().stream()
                    .<byte @Nullable []>map(text -> text == null ? null : text.getBytes(StandardCharsets.UTF_8))
                    .toList());
            checkRows(file, "logged as text");
            if (WireForm.of(shape.columns().get(1).type()) == WireForm.BINARY) {
                rewrite(destination, shape, 3, Tuple.BINARY, table.sent());
                checkRows(file, "logged in binary");
            }
        }
    }

    private void checkRows(Path file, String path) {
        List<@Nullable String> values = new DuckFile(file)
                .query("SELECT v FROM shop_public.oracle WHERE NOT _millrace_deleted ORDER BY id").stream()
                .<@Nullable String>map(List::getFirst)
                .toList();
        assertThat(values).as("%s, %s", type, path).isEqualTo(expected);
        assertThat(new DuckFile(file)
                        .query("SELECT data_type FROM duckdb_columns() WHERE schema_name = 'shop_public' AND column_name = 'v'"))
                .as("%s, %s", type, path)
                .isEqualTo(List.of(List.of(stored)));
    }

    /// Writes every row again, as updates.
    private static void rewrite(DuckDestination destination, Shape shape, long through, byte kind, List<byte @Nullable []> values) {
        TableChangesBuilder builder = new TableChangesBuilder(shape);
        for (int id = 0; id < values.size(); id++) {
            byte[] message = message(Integer.toString(id), kind, values.get(id));
            builder.add(ChangeKind.UPDATE, new Transaction(1, 0), message, 0, message.length);
        }
        destination.write(new ScriptedBatch(List.of(new Piece(List.of(builder.build()))), new LogPosition(new Lsn(through))));
    }

    private static byte[] message(String id, byte kind, byte @Nullable [] value) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            out.writeByte('N');
            out.writeShort(2);
            out.writeByte(Tuple.TEXT);
            out.writeInt(id.length());
            out.writeBytes(id);
            out.writeByte(value == null ? Tuple.NULL : kind);
            if (value != null) {
                out.writeInt(value.length);
                out.write(value);
            }
        } catch (IOException e) {
            throw new AssertionError(e);
        }
        return bytes.toByteArray();
    }
}
