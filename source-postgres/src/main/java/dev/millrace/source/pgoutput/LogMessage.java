package dev.millrace.source.pgoutput;

import dev.millrace.core.position.Lsn;
import java.time.Instant;
import java.util.List;

/// A message of the log that is not a row: at most a few for each transaction, so each is an object.
///
/// Transaction ids are 32 bits wide here, as the log carries them.
public sealed interface LogMessage {

    /// A transaction begins; its changes follow, up to its [Commit].
    ///
    /// @param commitLsn where its commit record begins
    record Begin(Lsn commitLsn, Instant committedAt, int xid) implements LogMessage {}

    /// The transaction that began last is complete.
    ///
    /// @param endLsn the end of its commit record
    record Commit(Lsn commitLsn, Lsn endLsn, Instant committedAt) implements LogMessage {}

    /// The transaction came to this server from another one.
    record Origin(Lsn lsn, String name) implements LogMessage {}

    /// How the rows of a table look from here on.
    ///
    /// @param oid what row messages call the table
    /// @param schema empty for `pg_catalog`
    /// @param replicaIdentity `d` default, `n` nothing, `f` full, `i` index
    record Relation(int oid, String schema, String table, char replicaIdentity, List<RelationColumn> columns) implements LogMessage {

        /// Keeps its own copy of the list.
        public Relation {
            columns = List.copyOf(columns);
        }
    }

    /// A column in a [Relation].
    ///
    /// @param key whether it belongs to the replica identity; with `REPLICA IDENTITY FULL` every column does
    /// @param modifier `atttypmod`, -1 for none
    record RelationColumn(boolean key, String name, int typeOid, int modifier) {}

    /// The name of a type that is not built in.
    record Type(int oid, String schema, String name) implements LogMessage {}

    /// Tables were emptied by one statement.
    record Truncate(List<Integer> relations, boolean cascade, boolean restartIdentity) implements LogMessage {

        /// Keeps its own copy of the list.
        public Truncate {
            relations = List.copyOf(relations);
        }
    }

    /// What somebody wrote with `pg_logical_emit_message`; its content is left out.
    record Note(boolean transactional, Lsn lsn, String prefix, int bytes) implements LogMessage {}

    /// A block of changes of a transaction that is still open begins.
    ///
    /// @param first whether it is the transaction's first block
    record StreamStart(int xid, boolean first) implements LogMessage {}

    /// The block is over.
    record StreamStop() implements LogMessage {}

    /// A transaction that came in blocks has committed.
    record StreamCommit(int xid, Lsn commitLsn, Lsn endLsn, Instant committedAt) implements LogMessage {}

    /// A transaction that came in blocks, or a part of it, was rolled back.
    ///
    /// @param subXid the subtransaction; equal to `xid` if it is the whole transaction
    record StreamAbort(int xid, int subXid) implements LogMessage {}

    /// A transaction that is prepared for a two-phase commit begins; its changes follow, up to its [Prepare].
    record BeginPrepare(Lsn prepareLsn, Lsn endLsn, Instant preparedAt, int xid, String gid) implements LogMessage {}

    /// The transaction that began last is prepared.
    record Prepare(Lsn prepareLsn, Lsn endLsn, Instant preparedAt, int xid, String gid) implements LogMessage {}

    /// A prepared transaction has committed.
    record CommitPrepared(Lsn commitLsn, Lsn endLsn, Instant committedAt, int xid, String gid) implements LogMessage {}

    /// A prepared transaction was rolled back.
    record RollbackPrepared(Lsn prepareEndLsn, Lsn endLsn, Instant preparedAt, Instant rolledBackAt, int xid, String gid)
            implements LogMessage {}

    /// A transaction that came in blocks is prepared.
    record StreamPrepare(Lsn prepareLsn, Lsn endLsn, Instant preparedAt, int xid, String gid) implements LogMessage {}
}
