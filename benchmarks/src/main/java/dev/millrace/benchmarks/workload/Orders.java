package dev.millrace.benchmarks.workload;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;

/// A table of orders with 12 columns, and the changes made to it.
///
/// Rows whose number is a multiple of ten are deleted, the others updated, so that every statement finds its row. Which row is next is
/// an affine permutation of the numbers: as good as chance for a page cache, and the same in every run.
///
/// @param mix the changes; the table has as many rows at first as there are changes, at least 1,000
public record Orders(ChangeMix mix) {

    /// The table's name in schema `public`.
    public static final String TABLE = "orders";

    // Prime, and no factor of any number of rows that a person would choose.
    private static final long STEP = 7_368_787;
    private static final int ROWS_MIN = 1_000;

    private static final String CREATE = """
            CREATE TABLE orders (
                id bigint PRIMARY KEY,
                customer_id bigint NOT NULL,
                status char(1) NOT NULL,
                total decimal(15,2) NOT NULL,
                placed_at timestamptz NOT NULL,
                updated_at timestamp,
                priority varchar(15) NOT NULL,
                clerk char(15) NOT NULL,
                items int NOT NULL,
                paid boolean NOT NULL,
                discount double precision,
                note varchar(79) NOT NULL
            )""";

    private static final String ROW = """
            CREATE FUNCTION order_row(id bigint, version bigint) RETURNS SETOF orders ROWS 1 LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
                SELECT id,
                    1 + (h1 & 1048575),
                    (ARRAY['O','F','P'])[1 + h1 / 64 % 3]::char(1),
                    ((h1 / 1024 % 50000000) / 100.0)::decimal(15,2),
                    TIMESTAMPTZ '2020-01-01 00:00:00+00' + (h1 / 16 % 94608000) * INTERVAL '1 second',
                    CASE WHEN version > 0 THEN TIMESTAMP '2026-01-01' + version * INTERVAL '1 millisecond' END,
                    (ARRAY['1-URGENT','2-HIGH','3-MEDIUM','4-NOT SPECIFIED','5-LOW'])[1 + h2 % 5]::varchar(15),
                    ('Clerk#' || lpad((h2 / 8 % 1000)::text, 9, '0'))::char(15),
                    (1 + h2 / 1024 % 20)::int,
                    h2 / 32 % 4 > 0,
                    CASE WHEN h2 / 64 % 8 > 0 THEN (h2 / 128 % 1000) / 1000.0::float8 END,
                    substr('carefully final deposits sleep quickly above the ironic requests and blithely regular packages haggle among',
                        1 + (h2 / 256 % 40)::int, 19 + (h1 / 256 % 50)::int)::varchar(79)
                FROM (SELECT hashint8extended(id, version) & 1099511627775 AS h1,
                    hashint8extended(id, version + 1000003) & 1099511627775 AS h2) chance
            $$""";

    private static final String CHANGE = """
            CREATE PROCEDURE change_orders(transactions bigint, updates bigint, inserts bigint, deletes bigint, rows bigint, step bigint)
            LANGUAGE plpgsql AS $$
            DECLARE
                kept bigint := rows / 10 * 9;
                doomed bigint := rows / 10;
                found bigint;
                changed bigint := 0;
            BEGIN
                FOR t IN 0 .. transactions - 1 LOOP
                    UPDATE orders o SET (customer_id, status, total, placed_at, updated_at, priority, clerk, items, paid, discount, note) =
                        (n.customer_id, n.status, n.total, n.placed_at, n.updated_at, n.priority, n.clerk, n.items, n.paid,
                            n.discount, n.note)
                    FROM (SELECT g * step % kept AS k
                            FROM generate_series(t * updates / transactions, (t + 1) * updates / transactions - 1) g) chosen,
                        order_row(k / 9 * 10 + k % 9 + 1, t + 1) n
                    WHERE o.id = k / 9 * 10 + k % 9 + 1;
                    GET DIAGNOSTICS found = ROW_COUNT;
                    changed := changed + found;
                    INSERT INTO orders SELECT n.*
                        FROM generate_series(t * inserts / transactions, (t + 1) * inserts / transactions - 1) g,
                            order_row(rows + 1 + g, 0) n;
                    GET DIAGNOSTICS found = ROW_COUNT;
                    changed := changed + found;
                    DELETE FROM orders WHERE id = ANY (ARRAY(SELECT (g * step % doomed + 1) * 10
                        FROM generate_series(t * deletes / transactions, (t + 1) * deletes / transactions - 1) g));
                    GET DIAGNOSTICS found = ROW_COUNT;
                    changed := changed + found;
                    COMMIT;
                END LOOP;
                IF changed <> updates + inserts + deletes THEN
                    RAISE EXCEPTION '% rows were changed instead of %', changed, updates + inserts + deletes;
                END IF;
            END $$""";

    /// How many rows the table has before it is changed; a multiple of ten.
    public long rows() {
        return (Math.max(ROWS_MIN, mix.changes()) + 9) / 10 * 10;
    }

    /// Makes the table, the publication `bench` and what [#change] needs, in a database that has none of them.
    public void make(Connection session) throws SQLException {
        try (Statement statement = session.createStatement()) {
            for (String sql : List.of(CREATE, ROW, CHANGE, "INSERT INTO orders SELECT n.* FROM generate_series(1, %d) g, order_row(g, 0) n"
                    .formatted(rows()), "CREATE PUBLICATION bench FOR TABLE orders", "VACUUM (FREEZE, ANALYZE) orders", "CHECKPOINT")) {
                statement.execute(sql);
            }
        }
    }

    /// Makes all the changes, and fails if one of them did not find its row. Afterwards all of them are in the log that slots show.
    ///
    /// The session commits by itself, as it does unless told otherwise.
    public void change(Connection session) throws SQLException {
        try (Statement statement = session.createStatement()) {
            // The log is the same; it need not be on disk before the next transaction, since none of this is kept.
            statement.execute("SET synchronous_commit = off");
            statement.execute("SET plan_cache_mode = force_generic_plan");
            statement.execute("CALL change_orders(%d, %d, %d, %d, %d, %d)".formatted(
                    mix.transactions(), mix.updates(), mix.inserts(), mix.deletes(), rows(), STEP));
            statement.execute("SET synchronous_commit = on");
            // A slot shows what is flushed; this is, and with it all before.
            statement.execute("DROP PROCEDURE change_orders");
        }
    }
}
