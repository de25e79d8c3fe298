package dev.millrace.source.pgoutput;

import dev.millrace.core.change.ChangeKind;
import dev.millrace.core.change.Tuple;

/// Finds out where tuples end and that they are whole, before anybody trusts their lengths.
public final class TupleBounds {

    private TupleBounds() {}

    /// Checks the rest of a row message.
    ///
    /// @param columns how many fields each tuple must have
    /// @throws DamagedMessage if it is not as pgoutput writes it
    public static void check(ChangeKind change, byte[] buffer, int from, int to, int columns) {
        int at = from;
        boolean old = false;
        if (change != ChangeKind.INSERT && at < to && (buffer[at] == 'K' || buffer[at] == 'O')) {
            at = skip(buffer, at + 1, to, columns);
            old = true;
        }
        if (change != ChangeKind.DELETE) {
            if (at >= to || buffer[at] != 'N') {
                throw damaged(change, "no new tuple at " + (at - from));
            }
            at = skip(buffer, at + 1, to, columns);
        } else if (!old) {
            throw damaged(change, "no old tuple");
        }
        if (at != to) {
            throw damaged(change, (to - at) + " bytes too many");
        }
    }

    /// The offset behind the tuple that begins at `from` with its field count.
    static int skip(byte[] buffer, int from, int to, int columns) {
        if (to - from < 2 || Tuple.int16(buffer, from) != columns) {
            throw new DamagedMessage(
                    "Invalid tuple: %s fields (must be %d)".formatted(to - from < 2 ? "no" : Tuple.int16(buffer, from), columns));
        }
        int at = from + 2;
        for (int field = 0; field < columns; field++) {
            if (at >= to) {
                throw new DamagedMessage("Invalid tuple: ends before field %d (must have %d)".formatted(field, columns), field);
            }
            byte kind = buffer[at++];
            if (kind == Tuple.BINARY || kind == Tuple.TEXT) {
                int length = to - at < 4 ? -1 : Tuple.int32(buffer, at);
                if (length < 0 || length > to - at - 4) {
                    throw new DamagedMessage(
                            "Invalid tuple: field %d of %d bytes where %d are left (must fit)".formatted(field, length, to - at), field);
                }
                at += 4 + length;
            } else if (kind != Tuple.NULL && kind != Tuple.UNCHANGED) {
                throw new DamagedMessage("Invalid tuple: field %d of kind %d (must be n, u, t or b)".formatted(field, kind), field);
            }
        }
        return at;
    }

    private static DamagedMessage damaged(ChangeKind change, String finding) {
        return new DamagedMessage("Invalid log message of %s: %s (must be as pgoutput writes it)".formatted(change, finding));
    }
}
