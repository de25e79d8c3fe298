package dev.millrace.postgres.tls;

/// How much TLS is asked for, by the names of PostgreSQL's own clients, weakest first.
public enum TlsMode {
    /// None.
    DISABLE,
    /// If the server insists.
    ALLOW,
    /// If the server has it.
    PREFER,
    /// Always; and as [#VERIFY_CA] where it is said what is believed.
    REQUIRE,
    /// Always, with a certificate that leads to one that is believed.
    VERIFY_CA,
    /// The same, and the certificate has the server's name.
    VERIFY_FULL;

    /// Whether a session without TLS is none.
    public boolean demandsTls() {
        return compareTo(REQUIRE) >= 0;
    }
}
