package dev.millrace.core.value;

import dev.millrace.core.change.Tuple;
import dev.millrace.core.secret.Salt;
import dev.millrace.core.shape.SourceType;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/// The hash that stands for a value in a column that is copied hashed: SHA-256 over the destination's salt and the text that
/// PostgreSQL's output function writes, as 64 lower-case hexadecimal digits.
///
/// Equal texts have equal hashes, whatever column or type they are of and in whichever form they came. Belongs to one thread.
public final class ValueHash {

    /// How many bytes a hash has as text.
    public static final int LENGTH = 64;

    private final byte[] salt;
    private final MessageDigest digest;

    /// Hashes with a destination's salt.
    public ValueHash(Salt salt) {
        this.salt = salt.reveal();
        try {
            this.digest = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Invalid Java platform: no SHA-256 (every platform must have it)", e);
        }
    }

    /// The hash of a field, whichever form it has.
    ///
    /// @param type the column's own type
    /// @param kind [Tuple#TEXT] or [Tuple#BINARY]
    /// @return [#LENGTH] bytes of text
    /// @throws MalformedValue if the bytes are not of the type
    public byte[] of(SourceType type, byte kind, byte[] bytes, int offset, int length) {
        digest.update(salt);
        if (kind == Tuple.TEXT) {
            digest.update(bytes, offset, length);
        } else {
            try {
                digest.update(PgText.printed(type, bytes, offset, length).getBytes(StandardCharsets.UTF_8));
            } catch (RuntimeException e) {
                digest.reset();
                throw e;
            }
        }
        return HexFormat.of().formatHex(digest.digest()).getBytes(StandardCharsets.US_ASCII);
    }

    /// The hash of a value whose text is known.
    public String of(String text) {
        digest.update(salt);
        digest.update(text.getBytes(StandardCharsets.UTF_8));
        return HexFormat.of().formatHex(digest.digest());
    }
}
