package dev.millrace.source.pgoutput;

import dev.millrace.core.change.ChangeKind;

/// Takes what a [LogDecoder] reads, in the order of the log.
public interface LogConsumer {

    /// A row was inserted, updated or deleted.
    ///
    /// @param change INSERT, UPDATE or DELETE
    /// @param xid the (sub)transaction within a block of an open transaction, 0 elsewhere
    /// @param relation the table's number, which an earlier [LogMessage.Relation] explains
    /// @param buffer holds the message; good during the call only
    /// @param from behind the relation's number: `N` + tuple; (`K` or `O`) + tuple + `N` + tuple; (`K` or `O`) + tuple
    /// @param to behind the message
    void row(ChangeKind change, int xid, int relation, byte[] buffer, int from, int to);

    /// Anything else.
    ///
    /// @param xid the (sub)transaction within a block of an open transaction, 0 elsewhere
    void message(int xid, LogMessage message);
}
