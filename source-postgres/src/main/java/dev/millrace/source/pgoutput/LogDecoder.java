package dev.millrace.source.pgoutput;

import dev.millrace.core.change.ChangeKind;
import dev.millrace.core.position.Lsn;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/// Reads pgoutput's messages, one after another. Belongs to one thread.
///
/// Rows are not looked into: their bytes are passed on where they lie. The decoder keeps only whether it is within a block of an open
/// transaction, where messages carry a transaction id. A message that is not as pgoutput writes it is a [DamagedMessage].
public final class LogDecoder {

    private final MessageBytes bytes = new MessageBytes();
    private boolean inBlock;

    /// A decoder for messages that all come from within blocks.
    public static LogDecoder withinBlock() {
        LogDecoder decoder = new LogDecoder();
        decoder.inBlock = true;
        return decoder;
    }

    /// Reads one message and passes it on.
    ///
    /// @param buffer holds the message
    /// @param offset where it begins
    /// @param length how long it is
    public void read(byte[] buffer, int offset, int length, LogConsumer consumer) {
        char letter = bytes.open(buffer, offset, length);
        switch (letter) {
            case 'I' -> row(ChangeKind.INSERT, consumer);
            case 'U' -> row(ChangeKind.UPDATE, consumer);
            case 'D' -> row(ChangeKind.DELETE, consumer);
            case 'R', 'Y', 'T', 'M' -> {
                int xid = inBlock ? bytes.int32() : 0;
                LogMessage message = withinTransaction(letter);
                bytes.close();
                consumer.message(xid, message);
            }
            default -> {
                LogMessage message = aroundTransaction(letter);
                bytes.close();
                consumer.message(0, message);
            }
        }
    }

    /// Forgets the block that it is within: for a log that begins anew.
    public void reset() {
        inBlock = false;
    }

    private void row(ChangeKind change, LogConsumer consumer) {
        int xid = inBlock ? bytes.int32() : 0;
        int relation = bytes.int32();
        consumer.row(change, xid, relation, bytes.buffer(), bytes.position(), bytes.end());
    }

    private LogMessage withinTransaction(char letter) {
        return switch (letter) {
            case 'R' -> relation();
            case 'Y' -> new LogMessage.Type(bytes.int32(), bytes.text(), bytes.text());
            case 'T' -> truncate();
            default -> note();
        };
    }

    private LogMessage aroundTransaction(char letter) {
        return switch (letter) {
            case 'B' -> new LogMessage.Begin(bytes.lsn(), bytes.time(), bytes.int32());
            case 'C' -> {
                bytes.skip(1);
                yield new LogMessage.Commit(bytes.lsn(), bytes.lsn(), bytes.time());
            }
            case 'O' -> new LogMessage.Origin(bytes.lsn(), bytes.text());
            case 'S' -> {
                inBlock = true;
                yield new LogMessage.StreamStart(bytes.int32(), bytes.int8() == 1);
            }
            case 'E' -> {
                inBlock = false;
                yield new LogMessage.StreamStop();
            }
            case 'c' -> {
                int xid = bytes.int32();
                bytes.skip(1);
                yield new LogMessage.StreamCommit(xid, bytes.lsn(), bytes.lsn(), bytes.time());
            }
            case 'A' -> streamAbort();
            default -> preparing(letter);
        };
    }

    private LogMessage preparing(char letter) {
        return switch (letter) {
            case 'b' -> new LogMessage.BeginPrepare(bytes.lsn(), bytes.lsn(), bytes.time(), bytes.int32(), bytes.text());
            case 'P' -> {
                bytes.skip(1);
                yield new LogMessage.Prepare(bytes.lsn(), bytes.lsn(), bytes.time(), bytes.int32(), bytes.text());
            }
            case 'K' -> {
                bytes.skip(1);
                yield new LogMessage.CommitPrepared(bytes.lsn(), bytes.lsn(), bytes.time(), bytes.int32(), bytes.text());
            }
            case 'r' -> {
                bytes.skip(1);
                Lsn prepareEnd = bytes.lsn();
                Lsn end = bytes.lsn();
                Instant prepared = bytes.time();
                yield new LogMessage.RollbackPrepared(prepareEnd, end, prepared, bytes.time(), bytes.int32(), bytes.text());
            }
            case 'p' -> {
                bytes.skip(1);
                yield new LogMessage.StreamPrepare(bytes.lsn(), bytes.lsn(), bytes.time(), bytes.int32(), bytes.text());
            }
            default -> throw bytes.damaged("a letter of no known message");
        };
    }

    private LogMessage relation() {
        int oid = bytes.int32();
        String schema = bytes.text();
        String table = bytes.text();
        char identity = (char) bytes.int8();
        int count = bytes.count(bytes.int16(), 10);
        List<LogMessage.RelationColumn> columns = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            boolean key = (bytes.int8() & 1) != 0;
            columns.add(new LogMessage.RelationColumn(key, bytes.text(), bytes.int32(), bytes.int32()));
        }
        return new LogMessage.Relation(oid, schema, table, identity, columns);
    }

    private LogMessage truncate() {
        int count = bytes.count(bytes.int32(), 4);
        int options = bytes.int8();
        List<Integer> relations = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            relations.add(bytes.int32());
        }
        return new LogMessage.Truncate(relations, (options & 1) != 0, (options & 2) != 0);
    }

    private LogMessage note() {
        boolean transactional = (bytes.int8() & 1) != 0;
        Lsn lsn = bytes.lsn();
        String prefix = bytes.text();
        int length = bytes.int32();
        bytes.skip(length);
        return new LogMessage.Note(transactional, lsn, prefix, length);
    }

    /// Version 4 adds the rollback's place and time where transactions may be applied in parallel; neither is needed.
    private LogMessage streamAbort() {
        int xid = bytes.int32();
        int subXid = bytes.int32();
        if (bytes.left() == 16) {
            bytes.skip(16);
        }
        return new LogMessage.StreamAbort(xid, subXid);
    }
}
