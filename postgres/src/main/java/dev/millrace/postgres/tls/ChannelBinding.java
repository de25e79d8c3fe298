package dev.millrace.postgres.tls;

/// Whether a login by SCRAM is bound to the TLS session that it happens in, by the names of PostgreSQL's own clients: then nobody can stand
/// between, whatever certificate they have.
public enum ChannelBinding {
    /// Never.
    DISABLE,
    /// Where both sides can.
    PREFER,
    /// Always.
    REQUIRE
}
