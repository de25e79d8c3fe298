package dev.millrace.route.ssh;

import dev.millrace.core.route.Address;

/// Who is asked to forward, and as whom.
///
/// @param address of the SSH server
/// @param user who logs in there
public record TunnelHost(Address address, String user) {

    /// `user@host:port`.
    @Override
    public String toString() {
        return user + "@" + address;
    }
}
