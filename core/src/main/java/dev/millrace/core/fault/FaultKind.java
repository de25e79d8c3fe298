package dev.millrace.core.fault;

/// The kinds of things that go wrong, grouped by whose they are, each with when to try again.
///
/// The list of kinds that are tried again [soon][Retry#SOON] is short on purpose: each says why waiting helps. Everything unknown
/// waits for a person.
public enum FaultKind {
    /// The settings cannot be understood or contradict one another.
    SETTINGS_INVALID(Owner.SETTINGS, Retry.AFTER_REMEDY),
    /// The host does not resolve or does not answer.
    HOST_UNREACHABLE(Owner.NETWORK, Retry.SOON),
    /// The host is at a private address, and those are refused.
    HOST_PRIVATE(Owner.SETTINGS, Retry.AFTER_REMEDY),
    /// What answers is no PostgreSQL server.
    NOT_POSTGRES(Owner.SETTINGS, Retry.AFTER_REMEDY),
    /// The server has no TLS, and it is demanded.
    TLS_MISSING(Owner.SOURCE, Retry.AFTER_REMEDY),
    /// The server's TLS is too old, or both sides have nothing in common.
    TLS_UNUSABLE(Owner.SOURCE, Retry.AFTER_REMEDY),
    /// The server's certificate leads to nothing that is believed, or is of another name.
    CERTIFICATE_UNTRUSTED(Owner.SOURCE, Retry.AFTER_REMEDY),
    /// The server presents other certificates than the approved one.
    CERTIFICATE_CHANGED(Owner.SOURCE, Retry.AFTER_REMEDY),
    /// The server's certificate is not valid any more, or not yet.
    CERTIFICATE_EXPIRED(Owner.SOURCE, Retry.AFTER_REMEDY),
    /// There are no credentials of AWS to make a token with.
    AWS_CREDENTIALS(Owner.SETTINGS, Retry.AFTER_REMEDY),
    /// A connection that worked broke: the server restarted or the network was cut, both of which pass.
    CONNECTION_LOST(Owner.NETWORK, Retry.SOON),
    /// The tunnel host does not resolve, does not answer, or its session broke: it restarts, or the network was cut, both of which pass.
    TUNNEL_UNREACHABLE(Owner.NETWORK, Retry.SOON),
    /// The tunnel host does not accept our key for the user.
    TUNNEL_LOGIN_REFUSED(Owner.NETWORK, Retry.AFTER_REMEDY),
    /// The tunnel host lets us in and is not allowed to forward to the database.
    TUNNEL_REFUSED_FORWARD(Owner.NETWORK, Retry.AFTER_REMEDY),
    /// Nobody has approved a key of the host yet.
    HOST_KEY_UNKNOWN(Owner.NETWORK, Retry.AFTER_REMEDY),
    /// The host shows another key than the approved ones.
    HOST_KEY_CHANGED(Owner.NETWORK, Retry.AFTER_REMEDY),
    /// The agent is not connected, or the gateway that it dials does not run: both come back by themselves, as a rule.
    AGENT_ABSENT(Owner.NETWORK, Retry.SOON),
    /// The agent's own configuration does not allow the host.
    AGENT_REFUSED_HOST(Owner.NETWORK, Retry.AFTER_REMEDY),
    /// The gateway does not accept the agent's id and token.
    AGENT_LOGIN_REFUSED(Owner.NETWORK, Retry.AFTER_REMEDY),
    /// User or password refused.
    LOGIN_REFUSED(Owner.SOURCE, Retry.AFTER_REMEDY),
    /// The database does not exist.
    DATABASE_MISSING(Owner.SOURCE, Retry.AFTER_REMEDY),
    /// The user lacks a right.
    PERMISSION_MISSING(Owner.SOURCE, Retry.AFTER_REMEDY),
    /// The server has no free connection or slot: others will give theirs back.
    SOURCE_BUSY(Owner.SOURCE, Retry.SOON),
    /// A standby ended a read that stood in the way of following its primary: what the read needed is gone, but a new one needs less.
    RECOVERY_CONFLICT(Owner.SOURCE, Retry.SOON),
    /// The server's version is not supported.
    VERSION_UNSUPPORTED(Owner.SOURCE, Retry.AFTER_REMEDY),
    /// `wal_level` is not `logical`.
    WAL_LEVEL(Owner.SOURCE, Retry.AFTER_REMEDY),
    /// The publication does not exist.
    PUBLICATION_MISSING(Owner.SOURCE, Retry.AFTER_REMEDY),
    /// The publication holds none of the tables that can be copied.
    PUBLICATION_EMPTY(Owner.SOURCE, Retry.AFTER_REMEDY),
    /// The replication slot does not exist.
    SLOT_MISSING(Owner.SOURCE, Retry.AFTER_REMEDY),
    /// The slot belongs to another database.
    SLOT_OF_OTHER_DATABASE(Owner.SOURCE, Retry.AFTER_REMEDY),
    /// The slot decodes with another plugin than pgoutput, or is physical.
    SLOT_OF_OTHER_PLUGIN(Owner.SOURCE, Retry.AFTER_REMEDY),
    /// PostgreSQL gave up the slot's WAL.
    SLOT_LOST(Owner.SOURCE, Retry.AFTER_REMEDY),
    /// Another process reads the slot; it may be our own earlier session, which the server has yet to notice is gone.
    SLOT_IN_USE(Owner.SOURCE, Retry.SOON),
    /// The slot has moved past what the destination holds.
    SLOT_AHEAD(Owner.SOURCE, Retry.AFTER_REMEDY),
    /// The server is not the one that the copy was made from.
    OTHER_SYSTEM(Owner.SOURCE, Retry.AFTER_REMEDY),
    /// The server's transaction ids have gone backwards: it is behind what the destination holds.
    XID_BACKWARDS(Owner.SOURCE, Retry.AFTER_REMEDY),
    /// A table's updates and deletes cannot be matched to rows.
    REPLICA_IDENTITY_MISSING(Owner.SOURCE, Retry.AFTER_REMEDY),
    /// A message of the log cannot be read.
    LOG_DAMAGED(Owner.SOURCE, Retry.AFTER_REMEDY),
    /// The source refused a statement for a reason of its own.
    SOURCE_REFUSED(Owner.SOURCE, Retry.AFTER_REMEDY),
    /// A value that the destination cannot hold exactly.
    VALUE_UNFIT(Owner.DESTINATION, Retry.AFTER_REMEDY),
    /// The destination's disk is full.
    DESTINATION_FULL(Owner.DESTINATION, Retry.AFTER_REMEDY),
    /// Another process holds the destination.
    DESTINATION_HELD(Owner.DESTINATION, Retry.AFTER_REMEDY),
    /// The destination has no free session, or others hold what is to be written: they will give theirs back.
    DESTINATION_BUSY(Owner.DESTINATION, Retry.SOON),
    /// Somebody else changed or removed what we keep at the destination.
    DESTINATION_ALTERED(Owner.DESTINATION, Retry.AFTER_REMEDY),
    /// The destination cannot be written or opened.
    DESTINATION_UNUSABLE(Owner.DESTINATION, Retry.AFTER_REMEDY),
    /// The destination refused a statement, a user's query among them.
    DESTINATION_REFUSED(Owner.DESTINATION, Retry.AFTER_REMEDY),
    /// A secret that we keep cannot be opened: the key is another one, or the file was altered.
    SECRET_UNREADABLE(Owner.OURS, Retry.AFTER_REMEDY),
    /// What the server remembers cannot be read or written.
    STATE_UNUSABLE(Owner.OURS, Retry.AFTER_REMEDY),
    /// No room or no right for temporary files on this machine.
    SPOOL_UNUSABLE(Owner.OURS, Retry.AFTER_REMEDY),
    /// A row is larger than what this process may use of memory.
    MEMORY_FULL(Owner.OURS, Retry.AFTER_REMEDY),
    /// A broken invariant: a mistake of ours.
    OUR_BUG(Owner.OURS, Retry.NEVER);

    /// Whose a fault is.
    public enum Owner {
        SOURCE,
        DESTINATION,
        NETWORK,
        SETTINGS,
        OURS
    }

    /// When trying again makes sense.
    public enum Retry {
        /// By itself, after a pause.
        SOON,
        /// Once a person has done what the remedy says.
        AFTER_REMEDY,
        /// Not with this version of Millrace.
        NEVER
    }

    private final Owner owner;
    private final Retry retry;

    FaultKind(Owner owner, Retry retry) {
        this.owner = owner;
        this.retry = retry;
    }

    /// Whose it is.
    public Owner owner() {
        return owner;
    }

    /// When to try again.
    public Retry retry() {
        return retry;
    }
}
