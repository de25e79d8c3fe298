package dev.millrace.route.ssh;

import dev.millrace.core.check.Approvable;
import java.util.Map;

/// A key that an SSH server has shown and proven to have.
///
/// @param type as in OpenSSH: `ssh-ed25519`
/// @param fingerprint `SHA256:` and base64 without padding
/// @param line type and key as they stand in a `known_hosts` file
public record HostKey(String type, String fingerprint, String line) {

    /// It, for a person's approval.
    public Approvable approvable() {
        return new Approvable(Approvable.Kind.HOST_KEY, fingerprint, type, Map.of("public_key", line));
    }
}
