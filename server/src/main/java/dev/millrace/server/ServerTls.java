package dev.millrace.server;

import dev.millrace.core.fault.Fault;
import dev.millrace.core.fault.FaultKind;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.List;
import org.eclipse.jetty.util.ssl.SslContextFactory;

/// By what the server proves who it is.
///
/// @param certificate a file in PEM: the server's certificate, with those that sign it behind it
/// @param key a file in PEM: its private key, PKCS#8, not encrypted
public record ServerTls(Path certificate, Path key) {

    private static final List<String> ALGORITHMS = List.of("RSA", "EC", "Ed25519");
    private static final char[] NOBODYS = "in memory only".toCharArray();

    /// What Jetty needs of it.
    ///
    /// @throws Fault `SETTINGS_INVALID` if the files are not what they should be
    SslContextFactory.Server context() {
        try (InputStream chain = Files.newInputStream(certificate)) {
            Certificate[] certificates = CertificateFactory.getInstance("X.509").generateCertificates(chain).toArray(Certificate[]::new);
            if (certificates.length == 0) {
                throw new GeneralSecurityException("No certificate");
            }
            KeyStore store = KeyStore.getInstance("PKCS12");
            store.load(null, NOBODYS);
            store.setKeyEntry("server", privateKey(Files.readString(key)), NOBODYS, certificates);
            SslContextFactory.Server context = new SslContextFactory.Server();
            context.setKeyStore(store);
            context.setKeyStorePassword(new String(NOBODYS));
            context.setIncludeProtocols("TLSv1.2", "TLSv1.3");
            return context;
        } catch (IOException | GeneralSecurityException | IllegalArgumentException e) {
            throw new Fault(
                    FaultKind.SETTINGS_INVALID,
                    certificate.toString(),
                    "%s and %s are no certificate and key that belong together, so the server did not start.".formatted(certificate, key),
                    "Give both in PEM; the key as PKCS#8 and not encrypted: openssl pkcs8 -topk8 -nocrypt -in KEY -out %s".formatted(key),
                    e);
        }
    }

    private static PrivateKey privateKey(String pem) throws GeneralSecurityException {
        String base64 = pem.replaceAll("-----(BEGIN|END) PRIVATE KEY-----", "").replaceAll("\\s", "");
        PKCS8EncodedKeySpec spec = new PKCS8EncodedKeySpec(Base64.getDecoder().decode(base64));
        GeneralSecurityException last = new GeneralSecurityException("No key");
        for (String algorithm : ALGORITHMS) {
            try {
                return KeyFactory.getInstance(algorithm).generatePrivate(spec);
            } catch (GeneralSecurityException e) {
                last = e;
            }
        }
        throw last;
    }
}
