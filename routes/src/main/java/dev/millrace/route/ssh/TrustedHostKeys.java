package dev.millrace.route.ssh;

import java.util.Set;

/// The host keys that somebody has approved for a host. May be asked by any thread, before each dial, so what is approved meanwhile counts.
@FunctionalInterface
public interface TrustedHostKeys {

    /// Their fingerprints, as OpenSSH prints them: `SHA256:` and base64 without padding.
    Set<String> fingerprints();

    /// These and no others.
    static TrustedHostKeys of(String... fingerprints) {
        Set<String> all = Set.of(fingerprints);
        return () -> all;
    }
}
