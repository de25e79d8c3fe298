package dev.millrace.source.wal;

import dev.millrace.core.change.Tuple;
import java.sql.Connection;
import java.sql.SQLException;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyOut;

/// Reads the log messages that a COPY statement returns, one in each row. Belongs to one thread at a time.
final class PieceReader {

    private static final int SIGNATURE = 11;

    private final Connection session;
    private final SessionInUse sessionInUse;
    private final Runnable check;

    /// Reads in a session.
    ///
    /// @param check throws once nothing more is wanted; asked before a statement, which can be cancelled from then on
    PieceReader(Connection session, SessionInUse sessionInUse, Runnable check) {
        this.session = session;
        this.sessionInUse = sessionInUse;
        this.check = check;
    }

    /// Passes every message on; returns how many there were.
    long read(String sql, MessageSink sink) throws SQLException {
        long messages = 0;
        // In this order: who wants no more sets its mark first, then looks whether there is a statement to cancel.
        sessionInUse.inStatement(true);
        check.run();
        CopyOut copy = session.unwrap(PGConnection.class).getCopyAPI().copyOut(sql);
        try {
            for (byte[] data = copy.readFromCopy(); data != null; data = copy.readFromCopy()) {
                messages += pass(data, sink);
            }
        } finally {
            sessionInUse.inStatement(false);
            if (copy.isActive()) {
                copy.cancelCopy();
            }
        }
        return messages;
    }

    /// Passes the rows of one message of the COPY on: there is one row in each, with the file's header before the first one, and the
    /// trailer in the last.
    private static int pass(byte[] data, MessageSink sink) {
        int at = data.length > SIGNATURE && data[0] == 'P' && data[1] == 'G' ? SIGNATURE + 8 + Tuple.int32(data, SIGNATURE + 4) : 0;
        int messages = 0;
        while (at < data.length) {
            int fields = Tuple.int16(data, at);
            if (fields == -1) {
                return messages;
            }
            int length = Tuple.int32(data, at + 2);
            if (fields != 1 || length < 1 || length > data.length - at - 6) {
                throw new IllegalStateException(
                        "Invalid row of a piece: %d fields, %d bytes (must be one log message)".formatted(fields, length));
            }
            sink.take(data, at + 6, length);
            messages++;
            at += 6 + length;
        }
        return messages;
    }
}
