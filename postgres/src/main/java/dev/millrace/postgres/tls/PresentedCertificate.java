package dev.millrace.postgres.tls;

import dev.millrace.core.check.Approvable;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Base64;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;

/// A certificate as a server presented it, and what a person wants to know of it.
///
/// @param certificate the certificate
public record PresentedCertificate(X509Certificate certificate) {

    /// Its subject's name, most special part first: `CN=db.example.com, O=Example`.
    public String subject() {
        return onOneLine(certificate.getSubjectX500Principal().toString());
    }

    /// The name of the one that signed it.
    public String issuer() {
        return onOneLine(certificate.getIssuerX500Principal().toString());
    }

    /// A name holds what its maker put there; what would steer a terminal, or look like a line of ours, is left out.
    static String onOneLine(String name) {
        return name.replaceAll("\\R|\\p{Cntrl}", " ");
    }

    /// From when it is valid.
    public Instant notBefore() {
        return certificate.getNotBefore().toInstant();
    }

    /// Until when it is valid.
    public Instant notAfter() {
        return certificate.getNotAfter().toInstant();
    }

    /// Its SHA-256, 64 lower-case hexadecimal digits.
    public String sha256() {
        return digest("SHA-256");
    }

    /// Whether it may sign others.
    public boolean isAuthority() {
        return certificate.getBasicConstraints() >= 0;
    }

    /// As something to approve, with facts under the names that the reference product's API has for them (its `hash` is the SHA-256 in Base64), and then
    /// issuer and validity (RFC 3339).
    public Approvable approvable() {
        Map<String, String> facts = new LinkedHashMap<>();
        facts.put("hash", Base64.getEncoder().encodeToString(HexFormat.of().parseHex(sha256())));
        facts.put("name", subject());
        facts.put("type", certificate.getType());
        facts.put("sha1", digest("SHA-1"));
        facts.put("sha256", sha256());
        facts.put("public_key", Base64.getEncoder().encodeToString(certificate.getPublicKey().getEncoded()));
        facts.put("encoded_cert", Base64.getEncoder().encodeToString(encoded()));
        facts.put("issuer", issuer());
        facts.put("not_before", notBefore().toString());
        facts.put("not_after", notAfter().toString());
        return new Approvable(Approvable.Kind.CERTIFICATE, sha256(), subject(), facts);
    }

    private String digest(String algorithm) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance(algorithm).digest(encoded()));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("Invalid JDK: no " + algorithm + " (must have it)", e);
        }
    }

    private byte[] encoded() {
        try {
            return certificate.getEncoded();
        } catch (CertificateEncodingException e) {
            throw new IllegalStateException("Invalid certificate: without its bytes (must have been read from them)", e);
        }
    }
}
