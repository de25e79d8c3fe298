package dev.millrace.benchmarks.workload;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;

/// A table of the shape of TPC-H's `lineitem`: 16 columns, about 120 bytes of values a row.
///
/// @param rows how many rows it has
public record Lineitem(long rows) {

    /// The table's name in schema `public`.
    public static final String TABLE = "lineitem";

    private static final int LINES_AN_ORDER = 4;

    private static final String CREATE = """
            CREATE TABLE lineitem (
                l_orderkey bigint NOT NULL,
                l_partkey int NOT NULL,
                l_suppkey int NOT NULL,
                l_linenumber int NOT NULL,
                l_quantity decimal(15,2) NOT NULL,
                l_extendedprice decimal(15,2) NOT NULL,
                l_discount decimal(15,2) NOT NULL,
                l_tax decimal(15,2) NOT NULL,
                l_returnflag char(1) NOT NULL,
                l_linestatus char(1) NOT NULL,
                l_shipdate date NOT NULL,
                l_commitdate date NOT NULL,
                l_receiptdate date NOT NULL,
                l_shipinstruct char(25) NOT NULL,
                l_shipmode char(10) NOT NULL,
                l_comment varchar(44) NOT NULL
            )""";

    // Chance is a hash of the row's number, so that a row is the same in a table of any size.
    private static final String FILL = """
            WITH pool AS MATERIALIZED (
                SELECT string_agg((ARRAY['carefully','final','deposits','sleep','quickly','above','the','ironic','requests','blithely',
                    'furiously','pending','accounts','regular','packages','haggle','among','express','ideas','unusual'])
                    [1 + (hashint8extended(w, 0) & 1073741823) %% 20], ' ' ORDER BY w) AS words
                FROM generate_series(1, 300) w)
            INSERT INTO lineitem
            SELECT g / %2$d + 1,
                (1 + r1 %% 200000)::int,
                (1 + r2 %% 10000)::int,
                (g %% %2$d + 1)::int,
                (1 + r3 %% 50)::decimal,
                ((90000 + r1 %% 10000000) / 100.0)::decimal(15,2),
                ((r2 / 16 %% 11) / 100.0)::decimal(15,2),
                ((r3 / 64 %% 9) / 100.0)::decimal(15,2),
                (ARRAY['N','R','A'])[1 + r4 %% 3],
                (ARRAY['O','F'])[1 + r4 / 4 %% 2],
                shipped,
                shipped + (r2 / 1024 %% 60 - 30)::int,
                shipped + (1 + r3 / 4096 %% 30)::int,
                (ARRAY['DELIVER IN PERSON','COLLECT COD','NONE','TAKE BACK RETURN'])[1 + r4 / 16 %% 4],
                (ARRAY['REG AIR','AIR','RAIL','SHIP','TRUCK','MAIL','FOB'])[1 + r4 / 64 %% 7],
                substr(words, 1 + (r1 / 32 %% 1900)::int, 10 + (r2 / 128 %% 34)::int)
            FROM (SELECT g,
                    hashint8extended(g, 1) & 1099511627775 AS r1,
                    hashint8extended(g, 2) & 1099511627775 AS r2,
                    hashint8extended(g, 3) & 1099511627775 AS r3,
                    hashint8extended(g, 4) & 1099511627775 AS r4,
                    DATE '1992-01-02' + ((hashint8extended(g, 5) & 1099511627775) %% 2526)::int AS shipped
                FROM generate_series(0, %1$d - 1) g) rows, pool""";

    private static final String KEY = "ALTER TABLE lineitem ADD PRIMARY KEY (l_orderkey, l_linenumber)";

    /// Makes the table and its publication `bench` in the session's database, unless a table of this size is there already.
    ///
    /// Afterwards every row is frozen and the table's pages have been read once.
    public void make(Connection session) throws SQLException {
        try (Statement statement = session.createStatement()) {
            if (!isMade(statement)) {
                statement.execute("DROP TABLE IF EXISTS lineitem");
                for (String sql : List.of(CREATE, FILL.formatted(rows, LINES_AN_ORDER), KEY, "DROP PUBLICATION IF EXISTS bench",
                        "CREATE PUBLICATION bench FOR TABLE lineitem", "VACUUM (FREEZE, ANALYZE) lineitem",
                        "COMMENT ON TABLE lineitem IS '" + mark() + "'", "CHECKPOINT")) {
                    statement.execute(sql);
                }
            }
            statement.execute("SELECT count(l_comment) FROM lineitem");
        }
    }

    private boolean isMade(Statement statement) throws SQLException {
        try (ResultSet found = statement.executeQuery("SELECT obj_description(to_regclass('lineitem'), 'pg_class')")) {
            return found.next() && mark().equals(found.getString(1));
        }
    }

    private String mark() {
        return "%d rows, form 1".formatted(rows);
    }
}
