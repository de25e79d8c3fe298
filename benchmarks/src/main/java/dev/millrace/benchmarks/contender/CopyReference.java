package dev.millrace.benchmarks.contender;

import java.sql.Connection;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyOut;

/// The ceiling of a copy over one session: `COPY ... TO STDOUT (FORMAT binary)` read by pgjdbc and thrown away.
final class CopyReference implements Contender {

    @Override
    public String name() {
        return "copy-discard";
    }

    @Override
    public String title() {
        return "COPY binary, 1 session, thrown away";
    }

    @Override
    public void run(Assignment assignment, Stopwatch watch) throws Exception {
        try (Connection session = assignment.session()) {
            CopyOut copy = session.unwrap(PGConnection.class).getCopyAPI()
                    .copyOut("COPY " + assignment.table() + " TO STDOUT (FORMAT binary)");
            long bytes = 0;
            for (byte[] row = copy.readFromCopy(); row != null; row = copy.readFromCopy()) {
                bytes += row.length;
            }
            watch.stop(copy.getHandledRowCount());
            System.out.println(bytes + " bytes");
        }
    }
}
