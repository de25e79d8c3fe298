package dev.millrace.benchmarks.warehouse;

import dev.millrace.benchmarks.workload.Orders;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/// Catching up with a log, by Millrace and by a subscription, each to the same changes.
public final class CatchUp {

    private static final String SLOT = "bench_subscription";

    private final Warehouse warehouse;
    private final Orders orders;

    /// Catches up with what is going to happen to the orders.
    public CatchUp(Warehouse warehouse, Orders orders) {
        this.warehouse = warehouse;
        this.orders = orders;
    }

    /// Makes both copies as the source is now, and holds the log for them.
    ///
    /// @param source a session with the source
    public void prepare(Connection source) throws SQLException {
        warehouse.sync();
        try (Statement statement = source.createStatement()) {
            statement.execute("SELECT pg_create_logical_replication_slot('" + SLOT + "', 'pgoutput')");
        }
        // The copy that Millrace has made is what the source holds now.
        warehouse.run("CREATE TABLE public.orders AS SELECT * FROM bench_public.orders");
        warehouse.run("ALTER TABLE public.orders DROP COLUMN _millrace_synced, DROP COLUMN _millrace_deleted, ADD PRIMARY KEY (" + key() + ")");
        warehouse.run("CREATE SUBSCRIPTION bench CONNECTION 'host=127.0.0.1 port=%d dbname=%s user=postgres' PUBLICATION bench"
                .formatted(warehouse.port(), warehouse.source())
                + " WITH (create_slot = false, slot_name = '" + SLOT + "', copy_data = false, enabled = false, binary = true)");
    }

    private String key() throws SQLException {
        try (Connection session = warehouse.sourceSession();
                Statement statement = session.createStatement();
                ResultSet row = statement.executeQuery("""
                        SELECT string_agg(quote_ident(a.attname), ', ' ORDER BY k.n) FROM pg_constraint c, unnest(c.conkey) WITH ORDINALITY k(attnum, n),
                            pg_attribute a
                        WHERE c.conrelid = 'public.%s'::regclass AND c.contype = 'p' AND a.attrelid = c.conrelid AND a.attnum = k.attnum"""
                        .formatted(Orders.TABLE))) {
            row.next();
            return row.getString(1);
        }
    }

    /// How long Millrace takes, in seconds.
    public double byMillrace() {
        return warehouse.sync();
    }

    /// How long the subscription takes, in seconds.
    ///
    /// @param source a session with the source
    public double bySubscription(Connection source) throws SQLException {
        String end = text(source, "SELECT pg_current_wal_insert_lsn()");
        long begun = System.nanoTime();
        warehouse.run("ALTER SUBSCRIPTION bench ENABLE");
        String caughtUp = "SELECT confirmed_flush_lsn >= '" + end + "' FROM pg_replication_slots WHERE slot_name = '" + SLOT + "'";
        while (!text(source, caughtUp).equals("t")) {
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(5));
        }
        return Warehouse.seconds(begun);
    }

    /// Ends the subscription, after making sure that both copies are the same.
    public void clear() throws SQLException {
        String sum = "SELECT count(*) || ' ' || sum(hashtext(o::text)::bigint) FROM %s o";
        try (Connection target = warehouse.targetSession(); Connection source = warehouse.sourceSession()) {
            String theirs = text(target, sum.formatted("public.orders"));
            String truth = text(source, sum.formatted("public.orders"));
            long ours = Long.parseLong(text(target, "SELECT count(*) FROM bench_public.orders WHERE NOT _millrace_deleted"));
            if (!theirs.equals(truth) || ours != Long.parseLong(truth.split(" ")[0])) {
                throw new IllegalStateException("Invalid measurement: the copies differ from the %,d orders".formatted(orders.rows()));
            }
        }
        warehouse.run("ALTER SUBSCRIPTION bench DISABLE");
        warehouse.run("ALTER SUBSCRIPTION bench SET (slot_name = NONE)");
        warehouse.run("DROP SUBSCRIPTION bench");
    }

    private static String text(Connection session, String sql) throws SQLException {
        try (Statement statement = session.createStatement();
                ResultSet row = statement.executeQuery(sql)) {
            row.next();
            return row.getString(1);
        }
    }
}
