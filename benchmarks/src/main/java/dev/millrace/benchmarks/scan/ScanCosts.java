package dev.millrace.benchmarks.scan;

import dev.millrace.core.change.Batch;
import dev.millrace.core.destination.Receipt;
import dev.millrace.core.destination.SyncMode;
import dev.millrace.core.feed.ChangeFeed;
import dev.millrace.core.position.Position;
import dev.millrace.core.run.Goal;
import dev.millrace.core.run.Limits;
import dev.millrace.core.run.ModeChoice;
import dev.millrace.core.run.SyncRun;
import dev.millrace.core.secret.Salt;
import dev.millrace.core.secret.Secret;
import dev.millrace.core.shape.TableName;
import dev.millrace.core.source.Selection;
import dev.millrace.destination.duckdb.DuckDestination;
import dev.millrace.destination.duckdb.DuckSettings;
import dev.millrace.destination.duckdb.fingerprint.DuckFingerprints;
import dev.millrace.postgres.session.PostgresEndpoint;
import dev.millrace.source.Following;
import dev.millrace.source.PostgresSource;
import dev.millrace.source.PostgresSourceSettings;
import dev.millrace.source.teleport.KeySql;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Measures looks at one large table, each beside a statement that the server carries out in the same round.
///
/// @param database on 127.0.0.1, of a superuser without a password; holds nothing else, and has `pg_visibility`
/// @param session of that database
/// @param folder for the copy; empty
/// @param rows of the table
/// @param rounds how often each pair is measured; the medians are told
public record ScanCosts(int port, String database, Connection session, Path folder, long rows, int rounds) {

    private static final TableName ITEMS = new TableName("public", "items");
    private static final int LOOKS = 3;
    private static final Duration LONG = Duration.ofMinutes(30);

    /// A line of the report.
    public record Cost(String what, double figure, String unit, String asked) {}

    /// Makes the table and measures.
    public List<Cost> measure() throws SQLException, IOException {
        run("CREATE EXTENSION IF NOT EXISTS pg_visibility");
        run("CREATE TABLE items (id bigint PRIMARY KEY, customer int, product int, quantity int, price numeric(12,2), placed timestamptz, note text)");
        run("INSERT INTO items SELECT g, g %% 100000, g * 7 %% 5000, g %% 10, g %% 1000 + 0.25, '2026-01-01'::timestamptz + g * interval '1 second', "
                + "md5(g::text) FROM generate_series(1, %d) g".formatted(rows));
        run("VACUUM (ANALYZE) items");
        run("CREATE TABLE others (id int)");
        List<Cost> costs = new ArrayList<>();
        idle(costs);
        frozen(costs);
        teleport(costs);
        return costs;
    }

    /// Nothing changed, every page read.
    private void idle(List<Cost> costs) throws SQLException {
        run("DROP EXTENSION pg_visibility");
        try (PostgresSource source = source(new Following.Xmin(LONG), Salt.random()); ChangeFeed feed = open(source, Position.parse(held()))) {
            List<Double> looks = new ArrayList<>();
            List<Double> counts = new ArrayList<>();
            look(source, feed);
            for (int round = 0; round < rounds; round++) {
                elsewhere();
                looks.add(seconds(() -> look(source, feed)));
                counts.add(seconds(() -> value("SELECT count(*) FROM ONLY items WHERE age(xmin) <= (SELECT age('%d'::xid)) AND age(xmin) >= 0".formatted(xid()))));
            }
            costs.add(new Cost("XMIN, nothing changed / count(*) with the same filter", median(looks) / median(counts), "", "1.1"));
            costs.add(new Cost("XMIN, nothing changed", median(looks), "s", ""));
        }
        run("CREATE EXTENSION pg_visibility");
    }

    /// 99 of 100 pages are frozen, once with nothing new on the others, and once with every row of them. A changed row leaves its page and comes to another, so
    /// half of the others have what was there, and half what is.
    private void frozen(List<Cost> costs) throws SQLException {
        List<Double> idle = new ArrayList<>();
        List<Double> busy = new ArrayList<>();
        for (int round = 0; round < rounds; round++) {
            freeze();
            try (PostgresSource source = source(new Following.Xmin(LONG), Salt.random()); ChangeFeed feed = open(source, Position.parse(held()))) {
                elsewhere();
                double whole = seconds(() -> look(source, feed));
                String before = held();
                run("UPDATE items SET quantity = quantity + 1 WHERE id > %d AND id <= %d".formatted(rows / 2, rows / 2 + rows / 200));
                double changed = seconds(() -> look(source, feed));
                for (int look = 0; look < LOOKS; look++) {
                    elsewhere();
                    idle.add(seconds(() -> look(source, feed)) / whole);
                }
                try (PostgresSource other = source(new Following.Xmin(LONG), Salt.random()); ChangeFeed fresh = open(other, Position.parse(before))) {
                    busy.add(changed / seconds(() -> look(other, fresh)));
                }
            }
        }
        costs.add(new Cost("XMIN, 1 % of the pages not frozen, nothing changed / every page read", median(idle), "", "0.05"));
        costs.add(new Cost("XMIN, 0.5 % of the rows changed, the other pages left out / every page read", median(busy), "", ""));
    }

    /// Freezes every page. A session that was closed may hold vacuum back for a moment yet, and few dead rows would be left lying.
    private void freeze() throws SQLException {
        do {
            run("VACUUM (FREEZE, INDEX_CLEANUP on) items");
        } while (!value("SELECT pg_relation_size('items') / 8192 = all_frozen FROM pg_visibility_map_summary('items')").equals("t"));
    }

    private void teleport(List<Cost> costs) throws SQLException, IOException {
        Path keys = folder.resolve("copy.keys");
        Position held;
        Salt salt;
        try (DuckDestination destination =
                DuckDestination.open(folder.resolve("copy.duckdb"), "bench", DuckSettings.defaults(), InstantSource.system())) {
            salt = destination.salt();
            try (PostgresSource source = source(new Following.Teleport(LONG, () -> DuckFingerprints.open(keys)), salt)) {
                costs.add(new Cost("TELEPORT, first copy with the index", seconds(() -> new SyncRun(
                                source, destination, ModeChoice.always(SyncMode.SOFT_DELETE), Limits.defaults(), _ -> {})
                        .run(Goal.UP_TO_NOW)), "s", ""));
            }
            held = destination.recall().position().orElseThrow();
        }
        try (PostgresSource source = source(new Following.Teleport(LONG, () -> DuckFingerprints.open(keys)), salt); ChangeFeed feed = open(source, held)) {
            String hash = KeySql.hash(source.find(ITEMS).orElseThrow().shape());
            String sums = "SELECT count(*), sum((h >> 32)::int4), sum(((h << 32) >> 32)::int4) FROM (SELECT %s AS h FROM ONLY items) keys".formatted(hash);
            List<Double> looks = new ArrayList<>();
            List<Double> aggregates = new ArrayList<>();
            look(source, feed);
            for (int round = 0; round < rounds; round++) {
                elsewhere();
                looks.add(seconds(() -> look(source, feed)));
                aggregates.add(seconds(() -> value(sums)));
            }
            costs.add(new Cost("TELEPORT, nothing changed / one aggregate of the same hashes", median(looks) / median(aggregates), "", "1.5"));
            costs.add(new Cost("TELEPORT, nothing changed", median(looks), "s", ""));
            run("UPDATE items SET quantity = quantity + 1 WHERE id %% %d = 3".formatted(Math.max(1, rows / 100_000)));
            run("DELETE FROM items WHERE id %% %d = 7".formatted(Math.max(1, rows / 100_000)));
            long before = CountedSockets.received();
            double took = seconds(() -> look(source, feed));
            long table = Long.parseLong(value("SELECT sum(pg_column_size(i.*)) FROM items i"));
            costs.add(new Cost("TELEPORT, 100,000 changed and 100,000 deleted: bytes received / bytes of the rows",
                    (double) (CountedSockets.received() - before) / table, "", "0.05"));
            costs.add(new Cost("TELEPORT, 100,000 changed and 100,000 deleted", took, "s", ""));
        }
        costs.add(new Cost("TELEPORT, index on disk", (double) Files.size(keys) / rows, "bytes a row", "24"));
    }

    /// Transactions on another table: where the whole database is at rest, no table is read at all.
    private void elsewhere() throws SQLException {
        for (int transaction = 0; transaction < 1_000; transaction++) {
            run("INSERT INTO others VALUES (1)");
        }
    }

    private PostgresSource source(Following following, Salt salt) {
        PostgresEndpoint endpoint = new PostgresEndpoint(
                "127.0.0.1", port, database, "postgres", Secret.of(""), Map.of("socketFactory", CountedSockets.class.getName()));
        return new PostgresSource(
                endpoint, new PostgresSourceSettings(following, Selection.everything(), salt, folder.resolve("spool"), Limits.defaults()));
    }

    private static ChangeFeed open(PostgresSource source, Position held) {
        ChangeFeed feed = source.openFeed(held);
        feed.follow(ITEMS, Optional.empty());
        return feed;
    }

    /// One scan, as if a destination held what it found.
    private static void look(PostgresSource source, ChangeFeed feed) {
        feed.reach(source.end());
        Batch batch = feed.next(LONG).orElseThrow();
        feed.acknowledge(new Receipt(batch.through()));
        batch.close();
    }

    private String held() throws SQLException {
        return "scan:1:0:" + value("SELECT txid_current_snapshot()");
    }

    private long xid() throws SQLException {
        return Long.parseLong(value("SELECT txid_snapshot_xmin(txid_current_snapshot())")) & 0xFFFFFFFFL;
    }

    private void run(String sql) throws SQLException {
        try (Statement statement = session.createStatement()) {
            statement.execute(sql.replace("%%", "%"));
        }
    }

    private String value(String sql) throws SQLException {
        try (Statement statement = session.createStatement(); ResultSet row = statement.executeQuery(sql)) {
            row.next();
            return row.getString(1);
        }
    }

    private interface Work {
        void run() throws SQLException;
    }

    private static double seconds(Work work) throws SQLException {
        long began = System.nanoTime();
        work.run();
        return (System.nanoTime() - began) / 1e9;
    }

    private static double median(List<Double> values) {
        List<Double> sorted = values.stream().sorted().toList();
        return sorted.get(sorted.size() / 2);
    }
}
