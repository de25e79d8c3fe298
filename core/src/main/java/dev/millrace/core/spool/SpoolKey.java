package dev.millrace.core.spool;

import java.io.InputStream;
import java.io.OutputStream;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import javax.crypto.Cipher;
import javax.crypto.CipherInputStream;
import javax.crypto.CipherOutputStream;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/// The key of one temporary file: AES in counter mode, so that the file is as long as what was written and can be read while it grows.
///
/// The counter begins at zero, which is sound since no key is used for two files.
final class SpoolKey {

    private static final int BYTES = 16;

    private final byte[] key;

    private SpoolKey(byte[] key) {
        this.key = key;
    }

    static SpoolKey random() {
        byte[] key = new byte[BYTES];
        new SecureRandom().nextBytes(key);
        return new SpoolKey(key);
    }

    OutputStream encrypting(OutputStream out) {
        return new CipherOutputStream(out, cipher(Cipher.ENCRYPT_MODE));
    }

    InputStream decrypting(InputStream in) {
        return new CipherInputStream(in, cipher(Cipher.DECRYPT_MODE));
    }

    private Cipher cipher(int mode) {
        try {
            Cipher cipher = Cipher.getInstance("AES/CTR/NoPadding");
            cipher.init(mode, new SecretKeySpec(key, "AES"), new IvParameterSpec(new byte[BYTES]));
            return cipher;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("Invalid Java platform: no AES in counter mode (every platform must have it)", e);
        }
    }
}
