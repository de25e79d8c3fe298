package dev.millrace.route.ssh;

import java.security.KeyPair;
import org.apache.sshd.common.config.keys.KeyUtils;
import org.apache.sshd.common.config.keys.PublicKeyEntry;
import org.apache.sshd.common.digest.BuiltinDigests;

/// The key pair by which we log in to a tunnel host.
///
/// @param pair Ed25519 or RSA
/// @param comment what stands behind the public key, so that an administrator knows whose it is
public record TunnelKey(KeyPair pair, String comment) {

    /// The public key, as a line of `authorized_keys`.
    public String authorizedKeysLine() {
        return PublicKeyEntry.toString(pair.getPublic()) + " " + comment;
    }

    /// The public key's fingerprint, as OpenSSH prints it.
    public String fingerprint() {
        return KeyUtils.getFingerPrint(BuiltinDigests.sha256, pair.getPublic());
    }
}
