package dev.millrace.testkit.tls;

import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import javax.security.auth.x500.X500Principal;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.cert.CertIOException;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/// An authority that signs certificates for tests.
///
/// @param own its certificate, with those that sign it behind it, the root last
public record TestAuthority(TestCertificate own) {

    private static final AtomicLong SERIAL = new AtomicLong(1);
    private static final Duration LIFE = Duration.ofDays(3650);

    /// A root with a name such as `Test Root`.
    public static TestAuthority root(String name) {
        KeyPair keys = keys();
        X500Principal principal = new X500Principal("CN=" + name);
        Validity validity = Validity.now(LIFE);
        X509Certificate certificate = sign(principal, keys, principal, keys, validity, true, List.of());
        return new TestAuthority(new TestCertificate(List.of(certificate), keys.getPrivate()));
    }

    /// An authority that this one signs.
    public TestAuthority intermediate(String name) {
        return intermediate(name, Validity.now(LIFE));
    }

    /// The same, valid for a time of its own.
    public TestAuthority intermediate(String name, Validity validity) {
        return new TestAuthority(issue("CN=" + name, validity, true, List.of()));
    }

    /// A server's certificate for host names and addresses.
    public TestCertificate server(String... names) {
        return server(Validity.now(Duration.ofDays(90)), names);
    }

    /// The same, valid for a time of its own.
    public TestCertificate server(Validity validity, String... names) {
        return issue("CN=" + names[0], validity, false, List.of(names));
    }

    /// A certificate with a subject and no names besides, such as a client's.
    public TestCertificate subject(String distinguishedName) {
        return issue(distinguishedName, Validity.now(Duration.ofDays(90)), false, List.of());
    }

    private TestCertificate issue(String subject, Validity validity, boolean isAuthority, List<String> names) {
        KeyPair keys = keys();
        X509Certificate signer = own.chain().getFirst();
        KeyPair signing = new KeyPair(signer.getPublicKey(), own.key());
        List<X509Certificate> chain = new ArrayList<>();
        chain.add(sign(new X500Principal(subject), keys, signer.getSubjectX500Principal(), signing, validity, isAuthority, names));
        chain.addAll(own.chain());
        return new TestCertificate(chain, keys.getPrivate());
    }

    private static KeyPair keys() {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(256);
            return generator.generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }

    private static X509Certificate sign(
            X500Principal subject,
            KeyPair keys,
            X500Principal issuer,
            KeyPair signing,
            Validity validity,
            boolean isAuthority,
            List<String> names) {
        try {
            JcaX509v3CertificateBuilder builder = new JcaX509v3CertificateBuilder(
                    issuer,
                    BigInteger.valueOf(SERIAL.getAndIncrement()),
                    Date.from(validity.from()),
                    Date.from(validity.until()),
                    subject,
                    keys.getPublic());
            builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(isAuthority));
            if (!names.isEmpty()) {
                GeneralName[] all = names.stream().map(TestAuthority::name).toArray(GeneralName[]::new);
                builder.addExtension(Extension.subjectAlternativeName, false, new GeneralNames(all));
            }
            return new JcaX509CertificateConverter()
                    .getCertificate(builder.build(new JcaContentSignerBuilder("SHA256withECDSA").build(signing.getPrivate())));
        } catch (GeneralSecurityException | CertIOException | OperatorCreationException e) {
            throw new AssertionError(e);
        }
    }

    private static GeneralName name(String name) {
        boolean isAddress = name.matches("[0-9.]+") || name.contains(":");
        return new GeneralName(isAddress ? GeneralName.iPAddress : GeneralName.dNSName, name);
    }

    /// From when until when a certificate is valid.
    public record Validity(Instant from, Instant until) {

        /// From an hour ago.
        public static Validity now(Duration life) {
            Instant from = Instant.now().minus(Duration.ofHours(1));
            return new Validity(from, from.plus(life));
        }

        /// It was over yesterday.
        public static Validity over() {
            return new Validity(Instant.now().minus(Duration.ofDays(30)), Instant.now().minus(Duration.ofDays(1)));
        }

        /// It begins tomorrow.
        public static Validity toCome() {
            return new Validity(Instant.now().plus(Duration.ofDays(1)), Instant.now().plus(Duration.ofDays(30)));
        }
    }
}
