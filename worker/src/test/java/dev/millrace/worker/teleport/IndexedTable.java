package dev.millrace.worker.teleport;

import dev.millrace.core.change.Tuple;
import dev.millrace.core.copy.CopyRows;
import dev.millrace.core.fingerprint.Fingerprint;
import dev.millrace.core.fingerprint.FingerprintIndex.Adding;
import dev.millrace.core.secret.Secret;
import dev.millrace.core.shape.Column;
import dev.millrace.core.shape.Oid;
import dev.millrace.core.shape.RowIdentity;
import dev.millrace.core.shape.Shape;
import dev.millrace.core.shape.SourceType;
import dev.millrace.core.shape.TableName;
import dev.millrace.destination.duckdb.fingerprint.DuckFingerprints;
import dev.millrace.postgres.session.PostgresEndpoint;
import dev.millrace.source.copy.BinaryCopyRows;
import dev.millrace.source.teleport.KeySql;
import dev.millrace.source.teleport.PackedKey;
import dev.millrace.source.teleport.TableDiffer;
import dev.millrace.testkit.postgres.TestDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.postgresql.PGConnection;

/// The table `public.notes` with the key `id bigint`, and what an index knows of it. Belongs to one thread.
final class IndexedTable implements AutoCloseable {

    static final TableName NOTES = new TableName("public", "notes");
    private static final Shape SHAPE = new Shape(
            NOTES, List.of(new Column("id", new SourceType.Scalar(Oid.INT8, "int8", -1, true))), new RowIdentity.Keyed(List.of(0)));

    private final Connection session;
    private final DuckFingerprints index;

    IndexedTable(TestDatabase db, DuckFingerprints index) throws SQLException {
        this.session = new PostgresEndpoint(db.host(), db.port(), db.name(), db.user(), Secret.of(db.password()), Map.of()).open();
        this.session.setAutoCommit(false);
        this.index = index;
    }

    /// Adds the keys of rows that fulfil a condition.
    void learn(String condition) throws SQLException {
        String sql = "COPY (SELECT id, %s FROM public.notes WHERE %s) TO STDOUT (FORMAT binary)".formatted(KeySql.hash(SHAPE), condition);
        CopyRows rows = new BinaryCopyRows(session.unwrap(PGConnection.class).getCopyAPI().copyOut(sql), "notes");
        Tuple tuple = new Tuple();
        try (Adding adding = index.adding(NOTES)) {
            for (byte[] row = rows.next(); row != null; row = rows.next()) {
                tuple.readCopied(row, 0);
                adding.add(Tuple.int64(row, tuple.offset(1)), PackedKey.of(SHAPE, tuple));
            }
            adding.commit();
        }
        session.rollback();
    }

    /// Compares, and says of what vanished that it is gone.
    TableDiffer.Found diff(Consumer<Fingerprint> vanished) throws SQLException {
        try (Statement statement = session.createStatement()) {
            statement.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY");
        }
        TableDiffer.Found found = new TableDiffer(index).diff(session, SHAPE, "ONLY public.notes", Optional.empty(), key -> {
            index.gone(NOTES, key);
            vanished.accept(key);
        });
        session.rollback();
        return found;
    }

    /// The statement that any comparison by hashes costs at least.
    static String oneSum() {
        return "SELECT count(*), sum((h >> 32)::int4), sum((h << 32 >> 32)::int4) FROM (SELECT %s AS h FROM ONLY public.notes) t"
                .formatted(KeySql.hash(SHAPE));
    }

    @Override
    public void close() throws SQLException {
        session.close();
    }
}
