package dev.millrace.core.check;

import java.util.Map;

/// Something that a server showed of itself and that a person may approve.
///
/// @param kind what it is
/// @param fingerprint its SHA-256: of a certificate in lower-case hexadecimal digits, of a host key as OpenSSH prints it (`SHA256:` and
///     base64 without padding)
/// @param name the certificate's subject, or the host key's type
/// @param facts more about it, under names that the API has for them, in the order in which they are shown
public record Approvable(Kind kind, String fingerprint, String name, Map<String, String> facts) {

    /// What can be approved.
    public enum Kind {
        CERTIFICATE,
        HOST_KEY
    }

    /// Whether this is meant by a fingerprint, or by what the API has as its hash.
    public boolean isMeantBy(String hash) {
        return fingerprint.equals(hash) || hash.equals(facts.get("hash"));
    }
}
