package dev.millrace.source.frozen.speed;

import dev.millrace.core.position.ScanPosition;
import dev.millrace.core.position.TransactionSnapshot;
import dev.millrace.core.secret.Salt;
import dev.millrace.core.secret.Secret;
import dev.millrace.core.shape.TableName;
import dev.millrace.core.source.Selection;
import dev.millrace.postgres.session.PostgresEndpoint;
import dev.millrace.source.catalog.CatalogReader;
import dev.millrace.source.catalog.Scope;
import dev.millrace.source.catalog.Storage;
import dev.millrace.source.frozen.FrozenPages;
import dev.millrace.source.frozen.Reading;
import dev.millrace.testkit.postgres.DedicatedPostgres;
import dev.millrace.testkit.postgres.TestDatabase;
import dev.millrace.testkit.postgres.TestPostgres;
import java.io.IOException;
import java.io.OutputStream;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import org.postgresql.PGConnection;

/// Measures scans of a table of which a hundredth has changed: `ScanSpeed [rows] [rounds]`. First the changes lie together at the table's
/// end, then each on a page of its own. Each round reads everything by the condition on `xmin`, then the map, then what the map leaves.
public final class ScanSpeed {

    private static final TableName NOTES = new TableName("public", "notes");

    private ScanSpeed() {}

    public static void main(String[] arguments) throws Exception {
        int rows = arguments.length > 0 ? Integer.parseInt(arguments[0]) : 10_000_000;
        int rounds = arguments.length > 1 ? Integer.parseInt(arguments[1]) : 3;
        try (DedicatedPostgres server = TestPostgres.dedicated(17, Map.of("shared_buffers", "512MB", "max_wal_size", "4GB"));
                TestDatabase db = server.newDatabase()) {
            db.execute(
                    "CREATE EXTENSION pg_visibility",
                    "CREATE TABLE notes (id int, body text) WITH (autovacuum_enabled = off)",
                    "INSERT INTO notes SELECT i, repeat('x', 60) FROM generate_series(1, %d) i".formatted(rows),
                    "VACUUM FREEZE notes",
                    "CHECKPOINT");
            String more = "INSERT INTO notes SELECT i, repeat('y', 60) FROM generate_series(1, %d) i".formatted(rows / 100);
            measure(db, "together", more, rounds);
            db.execute("VACUUM FREEZE notes", "CHECKPOINT");
            measure(db, "apart", "UPDATE notes SET body = reverse(body) WHERE id % 8100 = 1", rounds);
        }
    }

    private static void measure(TestDatabase db, String what, String change, int rounds) throws SQLException, IOException {
        PostgresEndpoint endpoint = new PostgresEndpoint(db.host(), db.port(), db.name(), db.user(), Secret.of(db.password()), Map.of());
        try (FrozenPages frozen = new FrozenPages(endpoint, Duration.ofHours(1), InstantSource.system())) {
            ScanPosition first = new ScanPosition(0, 1, TransactionSnapshot.parse("0:0:"));
            frozen.begin(first);
            try (Connection session = endpoint.open()) {
                first = new ScanPosition(1, 1, begin(session));
                frozen.read(session, storage(session));
            }
            frozen.promise(first);
            frozen.settle(first);
            db.execute(change);
            String newer = "age(xmin) <= (SELECT age('%d'::xid))".formatted(first.snapshot().xmin());
            for (int round = 0; round < rounds; round++) {
                frozen.begin(first);
                try (Connection session = endpoint.open()) {
                    begin(session);
                    Storage storage = storage(session);
                    long began = System.nanoTime();
                    long all = copy(session, newer);
                    long everything = System.nanoTime();
                    Reading.Ranges reading = (Reading.Ranges) frozen.read(session, storage);
                    long map = System.nanoTime();
                    long left = copy(session, reading.condition(NOTES, newer));
                    long end = System.nanoTime();
                    System.out.printf(
                            "%s: %d rows by everything in %.3f s; map %.3f s, %d ranges of %d of %d pages, %d rows in %.3f s; ratio %.4f%n",
                            what,
                            all,
                            (everything - began) / 1e9,
                            (map - everything) / 1e9,
                            reading.ranges().size(),
                            reading.blocks(),
                            reading.size(),
                            left,
                            (end - map) / 1e9,
                            (double) (end - everything) / (everything - began));
                }
            }
        }
    }

    private static TransactionSnapshot begin(Connection session) throws SQLException {
        try (Statement statement = session.createStatement()) {
            statement.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY");
            try (ResultSet row = statement.executeQuery("SELECT pg_current_snapshot()::text")) {
                row.next();
                return TransactionSnapshot.parse(row.getString(1));
            }
        }
    }

    private static Storage storage(Connection session) throws SQLException {
        return new CatalogReader(session, new Scope.Readable(), Selection.everything(), Salt.random()).storages(NOTES).getFirst();
    }

    private static long copy(Connection session, String condition) throws SQLException, IOException {
        String sql = "COPY (SELECT id, body FROM ONLY public.notes WHERE %s) TO STDOUT (FORMAT binary)".formatted(condition);
        return session.unwrap(PGConnection.class).getCopyAPI().copyOut(sql, OutputStream.nullOutputStream());
    }
}
