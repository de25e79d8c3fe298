package dev.millrace.route.ssh;

import java.util.Arrays;
import java.util.List;
import org.apache.sshd.common.NamedFactory;
import org.apache.sshd.common.signature.BuiltinSignatures;
import org.apache.sshd.common.signature.Signature;

/// The kinds of host keys that are still good, best first. A server has one key of each kind, and shows the one of the first kind that it is asked for;
/// so when an approved key is of another kind, the server is asked again for those. RSA signs with SHA-2 only.
enum HostKeyFamily {
    ED25519("ssh-ed25519", BuiltinSignatures.ed25519),
    ECDSA("ecdsa-sha2-", BuiltinSignatures.nistp256, BuiltinSignatures.nistp384, BuiltinSignatures.nistp521),
    RSA("ssh-rsa", BuiltinSignatures.rsaSHA512, BuiltinSignatures.rsaSHA256);

    private final String keyType;
    private final List<BuiltinSignatures> signatures;

    HostKeyFamily(String keyType, BuiltinSignatures... signatures) {
        this.keyType = keyType;
        this.signatures = List.of(signatures);
    }

    /// Whether a key is of this kind; `type` as in OpenSSH.
    boolean has(String type) {
        return type.startsWith(keyType);
    }

    /// The signatures of all of these kinds.
    static List<NamedFactory<Signature>> signatures(List<HostKeyFamily> families) {
        return families.stream().flatMap(family -> family.signatures.stream()).<NamedFactory<Signature>>map(signature -> signature).toList();
    }

    /// All of them.
    static List<HostKeyFamily> all() {
        return Arrays.asList(values());
    }

    /// All but those.
    static List<HostKeyFamily> without(List<String> types) {
        return all().stream().filter(family -> types.stream().noneMatch(family::has)).toList();
    }
}
