package dev.millrace.server.trust;

import dev.millrace.core.check.Approvable;
import dev.millrace.core.check.Approvable.Kind;
import dev.millrace.postgres.tls.PresentedCertificate;
import dev.millrace.server.Fields;
import dev.millrace.server.Refusal;
import java.io.ByteArrayInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;

/// Something that somebody sends to have it approved, with its hash: both have to belong together, so that nobody approves what they did not look at.
public final class Submission {

    private static final String OPENSSH = "SHA256:";
    private static final int HASH_BYTES = 32;

    private Submission() {}

    /// A certificate, from `encoded_cert` (DER in Base64, or PEM) and `hash`.
    ///
    /// @throws Refusal if it is none, or the hash is another's
    public static Approvable certificate(Fields body) {
        byte[] hash = hash(body);
        String text = body.required("encoded_cert").replaceAll("-----[A-Z ]+-----", "").replaceAll("\\s", "");
        try {
            byte[] encoded = Base64.getDecoder().decode(text);
            Certificate certificate = CertificateFactory.getInstance("X.509").generateCertificate(new ByteArrayInputStream(encoded));
            requireSame(hash, sha256(certificate.getEncoded()), "encoded_cert");
            return new PresentedCertificate((X509Certificate) certificate).approvable();
        } catch (IllegalArgumentException | CertificateException _) {
            throw Refusal.invalid("`encoded_cert` is no X.509 certificate in Base64. Send the `encoded_cert` that a setup test shows in its `details`.");
        }
    }

    /// A host key, from `public_key` (as it stands in a `known_hosts` file) and `hash`.
    ///
    /// @throws Refusal if it is none, or the hash is another's
    public static Approvable hostKey(Fields body) {
        byte[] hash = hash(body);
        String line = body.required("public_key").strip();
        String[] parts = line.split("\\s+");
        try {
            byte[] key = parts.length < 2 ? new byte[0] : Base64.getDecoder().decode(parts[1]);
            if (key.length > 0 && parts[0].matches("[a-z0-9@.-]{1,64}")) {
                requireSame(hash, sha256(key), "public_key");
                return new Approvable(Kind.HOST_KEY, fingerprint(Kind.HOST_KEY, hash), parts[0], Map.of("public_key", parts[0] + " " + parts[1]));
            }
        } catch (IllegalArgumentException _) {
            // Said below.
        }
        throw Refusal.invalid("`public_key` is no key as a known_hosts file has it: `ssh-ed25519 AAAA...`. Send the `public_key` that a setup test shows in its `details`.");
    }

    /// The fingerprint that an id in a path, or a hash, stands for; empty if it can stand for none.
    public static Optional<String> fingerprint(Kind kind, String id) {
        return bytes(id).map(hash -> fingerprint(kind, hash));
    }

    /// What the API calls something that was approved: its hash in Base64 for addresses.
    public static String id(Approvable one) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes(one.fingerprint()).orElseThrow());
    }

    private static byte[] hash(Fields body) {
        return bytes(body.required("hash")).orElseThrow(() -> body.wrong("hash", "a SHA-256, in Base64 or hexadecimal digits"));
    }

    private static Optional<byte[]> bytes(String text) {
        String bare = text.startsWith(OPENSSH) ? text.substring(OPENSSH.length()) : text.replace(":", "");
        try {
            byte[] bytes = bare.matches("[0-9A-Fa-f]{64}")
                    ? HexFormat.of().parseHex(bare)
                    : Base64.getDecoder().decode(bare.replace('-', '+').replace('_', '/'));
            return Optional.of(bytes).filter(hash -> hash.length == HASH_BYTES);
        } catch (IllegalArgumentException _) {
            return Optional.empty();
        }
    }

    private static String fingerprint(Kind kind, byte[] hash) {
        return switch (kind) {
            case CERTIFICATE -> HexFormat.of().formatHex(hash);
            case HOST_KEY -> OPENSSH + Base64.getEncoder().withoutPadding().encodeToString(hash);
        };
    }

    private static void requireSame(byte[] said, byte[] is, String field) {
        if (!MessageDigest.isEqual(said, is)) {
            throw Refusal.invalid("`hash` is not the SHA-256 of `%s`, so nothing was approved. Look at what is to be approved again, and send both as they are shown."
                    .formatted(field));
        }
    }

    private static byte[] sha256(byte[] bytes) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(bytes);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
