package dev.millrace.destination.postgres.wire;

import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import org.postgresql.copy.CopyIn;

/// Rows on their way into a `COPY ... FROM STDIN`, in either of its formats. Belongs to one thread.
public final class CopyStream {

    private static final int FLUSH_BYTES = 256 << 10;
    private static final byte[] SIGNATURE = {'P', 'G', 'C', 'O', 'P', 'Y', '\n', (byte) 0xFF, '\r', '\n', 0, 0, 0, 0, 0, 0, 0, 0, 0};
    private static final byte[] NULL = "\\N".getBytes(StandardCharsets.US_ASCII);

    private final CopyIn copy;
    private final boolean binary;
    private final RowBuffer buffer = new RowBuffer(FLUSH_BYTES + (16 << 10));
    private int fieldsOfRow;

    /// Writes into a copy that has begun.
    public CopyStream(CopyIn copy, boolean binary) {
        this.copy = copy;
        this.binary = binary;
        if (binary) {
            buffer.put(SIGNATURE);
        }
    }

    /// The options of the statement.
    public static String options(boolean binary) {
        return binary ? "(FORMAT binary)" : "(FORMAT text, ENCODING 'UTF8')";
    }

    /// Begins a row of so many fields.
    public void beginRow(int fields) {
        fieldsOfRow = 0;
        if (binary) {
            buffer.putInt16(fields);
        }
    }

    /// Adds a null.
    public void addNull() {
        separate();
        if (binary) {
            buffer.putInt32(-1);
        } else {
            buffer.put(NULL);
        }
    }

    /// Adds a field of a column.
    public void add(ColumnWriter column, byte kind, byte[] bytes, int offset, int length) {
        separate();
        if (!binary) {
            escape(column.text(kind, bytes, offset, length));
            return;
        }
        int at = buffer.length();
        buffer.putInt32(0);
        column.writeBinary(kind, bytes, offset, length, buffer);
        buffer.set(at, buffer.length() - at - Integer.BYTES);
    }

    /// Adds a value of a column of our own.
    public void add(OwnColumn.Type type, long value) {
        separate();
        if (!binary) {
            buffer.put(type.text(value).getBytes(StandardCharsets.US_ASCII));
            return;
        }
        type.writeField(value, buffer);
    }

    /// Adds a text, for a column of that type.
    public void add(byte[] text) {
        separate();
        if (binary) {
            buffer.putInt32(text.length);
            buffer.put(text);
        } else {
            escape(text);
        }
    }

    /// Adds a row that has come in the binary format, with further fields behind its own.
    ///
    /// @param row begins with its field count
    /// @param further the fields, each with its length, as the format has them
    public void addRow(byte[] row, int fields, byte[] further) throws SQLException {
        buffer.putInt16(fields);
        buffer.put(row, 2, row.length - 2);
        buffer.put(further);
        flushIfFull();
    }

    private void separate() {
        if (!binary && fieldsOfRow++ > 0) {
            buffer.put((byte) '\t');
        }
    }

    private void escape(byte[] text) {
        for (byte letter : text) {
            switch (letter) {
                case '\\', '\t', '\n', '\r' -> {
                    buffer.put((byte) '\\');
                    buffer.put(letter == '\t' ? (byte) 't' : letter == '\n' ? (byte) 'n' : letter == '\r' ? (byte) 'r' : letter);
                }
                default -> buffer.put(letter);
            }
        }
    }

    /// Ends a row.
    public void endRow() throws SQLException {
        if (!binary) {
            buffer.put((byte) '\n');
        }
        flushIfFull();
    }

    private void flushIfFull() throws SQLException {
        if (buffer.length() >= FLUSH_BYTES) {
            flush();
        }
    }

    private void flush() throws SQLException {
        copy.writeToCopy(buffer.bytes(), 0, buffer.length());
        buffer.clear();
    }

    /// Ends the copy; returns how many rows the server has taken.
    public long end() throws SQLException {
        if (binary) {
            buffer.putInt16(-1);
        }
        flush();
        return copy.endCopy();
    }
}
