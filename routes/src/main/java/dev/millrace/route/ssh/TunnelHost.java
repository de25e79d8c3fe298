package dev.millrace.route.ssh;

import dev.millrace.core.route.Address;

/// Who is asked to forward, and as whom.
///
/// @param address of the SSH server
/// @param user who logs in there
/// @param publicOnly whether it is not dialled if it is at a private address
public record TunnelHost(Address address, String user, boolean publicOnly) {

    /// Wherever it is.
    public TunnelHost(Address address, String user) {
        this(address, user, false);
    }

    /// `user@host:port`.
    @Override
    public String toString() {
        return user + "@" + address;
    }
}
