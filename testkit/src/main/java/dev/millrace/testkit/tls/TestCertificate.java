package dev.millrace.testkit.tls;

import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Collectors;

/// A certificate with its key.
///
/// @param chain the certificate, and those that sign it up to the root
/// @param key its private key
public record TestCertificate(List<X509Certificate> chain, PrivateKey key) {

    /// Keeps its own copy of the list.
    public TestCertificate {
        chain = List.copyOf(chain);
    }

    /// The same with the first `count` certificates of its chain only, as servers present it that keep their root to themselves.
    public TestCertificate presenting(int count) {
        return new TestCertificate(chain.subList(0, count), key);
    }

    /// SHA-256 of a certificate of the chain, 64 lower-case hexadecimal digits.
    public String fingerprint(int index) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(chain.get(index).getEncoded()));
        } catch (GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }

    /// The chain in PEM.
    public String chainPem() {
        return chain.stream().map(TestCertificate::pem).collect(Collectors.joining());
    }

    /// The root in PEM.
    public String rootPem() {
        return pem(chain.getLast());
    }

    /// The key in PEM, PKCS#8.
    public String keyPem() {
        return pem("PRIVATE KEY", key.getEncoded());
    }

    private static String pem(X509Certificate certificate) {
        try {
            return pem("CERTIFICATE", certificate.getEncoded());
        } catch (GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }

    private static String pem(String kind, byte[] bytes) {
        return "-----BEGIN %s-----%n%s%n-----END %s-----%n".formatted(kind, Base64.getMimeEncoder().encodeToString(bytes), kind);
    }
}
