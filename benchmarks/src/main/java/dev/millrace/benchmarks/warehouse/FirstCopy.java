package dev.millrace.benchmarks.warehouse;

import dev.millrace.benchmarks.workload.Lineitem;
import java.io.IOException;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.concurrent.CompletableFuture;
import org.postgresql.PGConnection;

/// The first copy of a table, by Millrace and by what `psql -c 'COPY ... TO STDOUT' | psql -c 'COPY ... FROM STDIN'` does: two sessions and a
/// pipe, in COPY's own text format.
public final class FirstCopy {

    private static final int PIPE_BYTES = 1 << 20;
    private static final String CREATE = """
            CREATE TABLE public.lineitem (
                l_orderkey bigint NOT NULL, l_partkey int NOT NULL, l_suppkey int NOT NULL, l_linenumber int NOT NULL,
                l_quantity decimal(15,2) NOT NULL, l_extendedprice decimal(15,2) NOT NULL, l_discount decimal(15,2) NOT NULL,
                l_tax decimal(15,2) NOT NULL, l_returnflag char(1) NOT NULL, l_linestatus char(1) NOT NULL, l_shipdate date NOT NULL,
                l_commitdate date NOT NULL, l_receiptdate date NOT NULL, l_shipinstruct char(25) NOT NULL, l_shipmode char(10) NOT NULL,
                l_comment varchar(44) NOT NULL)""";

    private final Warehouse warehouse;

    /// Copies into a warehouse that is empty.
    public FirstCopy(Warehouse warehouse) {
        this.warehouse = warehouse;
    }

    /// How long Millrace takes, with the key that the table has, in seconds.
    public double byMillrace() {
        return warehouse.sync();
    }

    /// How long COPY to COPY takes, in seconds.
    public double byCopy() throws SQLException, IOException {
        warehouse.run(CREATE);
        long begun = System.nanoTime();
        try (Connection source = warehouse.sourceSession();
                Connection target = warehouse.targetSession();
                PipedOutputStream out = new PipedOutputStream();
                PipedInputStream in = new PipedInputStream(out, PIPE_BYTES)) {
            CompletableFuture<Void> read = CompletableFuture.runAsync(() -> {
                try (out) {
                    source.unwrap(PGConnection.class).getCopyAPI().copyOut("COPY public." + Lineitem.TABLE + " TO STDOUT", out);
                } catch (SQLException | IOException e) {
                    throw new IllegalStateException("Invalid measurement: the source's COPY failed", e);
                }
            });
            target.unwrap(PGConnection.class).getCopyAPI().copyIn("COPY public." + Lineitem.TABLE + " FROM STDIN", in, PIPE_BYTES);
            read.join();
        }
        return Warehouse.seconds(begun);
    }

    /// How long it takes to give what [#byCopy] has copied its key, in seconds.
    public double key() throws SQLException {
        long begun = System.nanoTime();
        warehouse.run("ALTER TABLE public.lineitem ADD PRIMARY KEY (l_orderkey, l_linenumber)");
        return Warehouse.seconds(begun);
    }
}
