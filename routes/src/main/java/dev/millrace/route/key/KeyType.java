package dev.millrace.route.key;

/// The kinds of key pairs that are made.
public enum KeyType {
    /// Short, fast, and known to every OpenSSH since 6.5.
    ED25519("ssh-ed25519", 256),
    /// For servers that do not know Ed25519; signs with SHA-2.
    RSA("ssh-rsa", 3072);

    private final String sshName;
    private final int bits;

    KeyType(String sshName, int bits) {
        this.sshName = sshName;
        this.bits = bits;
    }

    /// The name in SSH.
    String sshName() {
        return sshName;
    }

    /// Whether a line of `authorized_keys` has a key of this type.
    public boolean has(String line) {
        return line.startsWith(sshName + " ");
    }

    /// How long a new one is.
    int bits() {
        return bits;
    }
}
