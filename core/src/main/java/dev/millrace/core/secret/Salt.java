package dev.millrace.core.secret;

import java.security.SecureRandom;

/// What is hashed in front of every value that is copied as a hash only: 32 random bytes, made once for a destination.
///
/// Whoever has it can try guesses against the hashes; so it prints as `•••`, and belongs in no log, fault or statement's text.
public final class Salt {

    private static final int BYTES = 32;

    private final byte[] bytes;

    private Salt(byte[] bytes) {
        this.bytes = bytes;
    }

    /// A new one.
    public static Salt random() {
        byte[] bytes = new byte[BYTES];
        new SecureRandom().nextBytes(bytes);
        return new Salt(bytes);
    }

    /// The one that [#reveal] gave.
    public static Salt of(byte[] bytes) {
        if (bytes.length != BYTES) {
            throw new IllegalArgumentException("Invalid salt: %d bytes (must be %d)".formatted(bytes.length, BYTES));
        }
        return new Salt(bytes.clone());
    }

    /// The bytes themselves, for those who hash with them or keep them.
    public byte[] reveal() {
        return bytes.clone();
    }

    @Override
    public String toString() {
        return "•••";
    }
}
