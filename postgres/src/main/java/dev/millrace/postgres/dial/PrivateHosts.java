package dev.millrace.postgres.dial;

/// Whether addresses may be dialled that are not reachable from everywhere.
public enum PrivateHosts {
    /// Every address.
    ALLOW,
    /// Public addresses only, as a service has it that dials what its users name.
    REFUSE
}
