package dev.millrace.source.copy;

import dev.millrace.core.change.Tuple;
import dev.millrace.core.copy.CopyRows;
import dev.millrace.core.fault.Fault;
import dev.millrace.core.fault.FaultKind;
import dev.millrace.source.fault.PostgresFaults;
import java.sql.SQLException;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.postgresql.copy.CopyOut;

/// The rows of a `COPY ... TO STDOUT (FORMAT binary)`, taken from the driver one by one.
///
/// PostgreSQL sends each row as one CopyData message. The first begins with the header (signature, flags, extension: manual, COPY,
/// "File Header"), and the last row is followed by a field count of -1.
public final class BinaryCopyRows implements CopyRows {

    private static final int FIXED_HEADER = 19;
    private static final int EXTENSION_LENGTH_AT = 15;
    private static final byte[] SIGNATURE = {'P', 'G', 'C', 'O', 'P', 'Y', '\n', (byte) 0xFF, '\r', '\n', 0};

    private final CopyOut copy;
    private final String table;
    private boolean headerSeen;
    private boolean ended;

    /// Takes the rows of a copy that has begun.
    ///
    /// @param table what is read, for a fault
    public BinaryCopyRows(CopyOut copy, String table) {
        this.copy = copy;
        this.table = table;
    }

    @Override
    public byte @Nullable [] next() {
        if (ended) {
            return null;
        }
        try {
            byte[] message = copy.readFromCopy();
            if (message != null && !headerSeen) {
                message = withoutHeader(message);
                if (message.length == 0) {
                    message = copy.readFromCopy();
                }
            }
            if (message == null) {
                throw new Fault(
                        FaultKind.CONNECTION_LOST,
                        table,
                        "The rows of %s ended without an end mark, so some may be missing; what was read of them is given up.".formatted(table),
                        "Start the run again; it goes on with the part that was not finished.");
            }
            if (message.length == 2 && message[0] == -1 && message[1] == -1) {
                finish();
                return null;
            }
            return message;
        } catch (SQLException e) {
            throw PostgresFaults.of(e, table);
        }
    }

    private void finish() throws SQLException {
        // The driver ends the copy, and frees the session for the next one, only when it is asked for another row.
        if (copy.readFromCopy() != null) {
            throw new IllegalStateException("Invalid COPY: data behind the end mark (must be the last)");
        }
        ended = true;
    }

    private byte[] withoutHeader(byte[] message) {
        headerSeen = true;
        if (message.length < FIXED_HEADER || !Arrays.equals(message, 0, SIGNATURE.length, SIGNATURE, 0, SIGNATURE.length)) {
            throw new IllegalStateException("Invalid COPY header: %d bytes (must begin with PGCOPY)".formatted(message.length));
        }
        int extension = Tuple.int32(message, EXTENSION_LENGTH_AT);
        return Arrays.copyOfRange(message, FIXED_HEADER + extension, message.length);
    }
}
