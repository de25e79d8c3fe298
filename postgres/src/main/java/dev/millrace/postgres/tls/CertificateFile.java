package dev.millrace.postgres.tls;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Reads certificates in PEM.
final class CertificateFile {

    private CertificateFile() {}

    /// Those in a file that says what is believed.
    static List<X509Certificate> roots(Path file) throws UnusableTls {
        try (InputStream in = Files.newInputStream(file)) {
            List<X509Certificate> found = read(in);
            if (!found.isEmpty()) {
                return found;
            }
        } catch (IOException e) {
            throw new UnusableTls(
                    "File %s, which `sslrootcert` names, cannot be read, so there is nothing to verify the server's certificate by.".formatted(file),
                    "Correct the path or the file's permissions.",
                    e);
        } catch (CertificateException e) {
            throw noCertificates(file, e);
        }
        throw noCertificates(file, null);
    }

    private static UnusableTls noCertificates(Path file, @Nullable Throwable cause) {
        return new UnusableTls(
                "File %s, which `sslrootcert` names, has no certificates that can be read.".formatted(file),
                "It must hold the authorities' certificates in PEM: texts between `-----BEGIN CERTIFICATE-----` and `-----END CERTIFICATE-----`.",
                cause);
    }

    /// Those of a client, its own first.
    static List<X509Certificate> client(String pem) throws UnusableTls {
        try {
            List<X509Certificate> chain = read(new ByteArrayInputStream(pem.getBytes(StandardCharsets.UTF_8)));
            if (!chain.isEmpty()) {
                return chain;
            }
        } catch (CertificateException e) {
            throw noClient(e);
        }
        throw noClient(null);
    }

    private static UnusableTls noClient(@Nullable Throwable cause) {
        return new UnusableTls(
                "`client_public_certificate` is no certificate that can be read, so the server cannot be shown who we are.",
                "It must be in PEM: a text between `-----BEGIN CERTIFICATE-----` and `-----END CERTIFICATE-----`, or `${file:client.crt}` for a file"
                        + " with it.",
                cause);
    }

    private static List<X509Certificate> read(InputStream in) throws CertificateException {
        return CertificateFactory.getInstance("X.509").generateCertificates(in).stream().map(X509Certificate.class::cast).toList();
    }
}
