package dev.millrace.postgres.tls;

import dev.millrace.core.fault.Fault;
import dev.millrace.core.fault.FaultKind;
import dev.millrace.core.route.Address;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;
import java.util.TreeSet;
import java.util.stream.Stream;
import javax.net.ssl.SSLException;

/// What is said when TLS with a server cannot be had.
public final class TlsFaults {

    private static final String RDS_BUNDLE = "https://truststore.pki.rds.amazonaws.com/global/global-bundle.pem";

    private TlsFaults() {}

    /// The server has no TLS, and it is demanded.
    public static Fault missing(Address server, TlsMode mode, Throwable cause) {
        return new Fault(
                FaultKind.TLS_MISSING,
                server.toString(),
                "The server %s has no TLS, and `sslmode` is `%s`, so nothing was sent to it.".formatted(server, text(mode)),
                "Switch TLS on at the server (`ssl = on`, with a certificate). Where the network between is your own and nobody can listen:"
                        + " `sslmode: prefer`.",
                cause);
    }

    /// The settings for TLS cannot be used.
    public static Fault of(UnusableTls unusable, Address server) {
        return new Fault(FaultKind.SETTINGS_INVALID, server.toString(), String.valueOf(unusable.getMessage()), unusable.remedy(), unusable);
    }

    /// The certificate that the server presented is not believed.
    public static Fault of(CertificateRefused refused, Address server) {
        PresentedCertificate culprit = refused.culprit();
        return switch (refused.reason()) {
            case EXPIRED -> new Fault(
                    FaultKind.CERTIFICATE_EXPIRED,
                    server.toString(),
                    "The certificate %s that %s presents was valid until %s, and it is %s now, so it proves nothing any more."
                            .formatted(named(culprit), server, culprit.notAfter(), now()),
                    "Have the server's certificate renewed, and approve the new one. If the time is wrong: set this machine's clock.",
                    refused);
            case NOT_YET_VALID -> new Fault(
                    FaultKind.CERTIFICATE_EXPIRED,
                    server.toString(),
                    "The certificate %s that %s presents is valid from %s on, and it is %s now, so it proves nothing yet."
                            .formatted(named(culprit), server, culprit.notBefore(), now()),
                    "Set this machine's clock, if it is slow; or have the server present a certificate that is valid.",
                    refused);
            case CHANGED -> new Fault(
                    FaultKind.CERTIFICATE_CHANGED,
                    server.toString(),
                    "The certificate of %s has changed: approved is SHA-256 %s, presented are %s. Somebody may stand between, so nothing was sent."
                            .formatted(server, String.join(", ", new TreeSet<>(refused.approved())), listed(refused.chain())),
                    "Ask whoever runs the server whether the certificate was replaced. If so, approve it: %s".formatted(howToApprove(refused)),
                    refused);
            case FOREIGN -> new Fault(
                    FaultKind.CERTIFICATE_UNTRUSTED,
                    server.toString(),
                    "The certificate of %s leads to no authority that is believed (%s): presented are %s; the last is signed by %s. %s"
                            .formatted(
                                    server,
                                    believed(refused.policy()),
                                    listed(refused.chain()),
                                    refused.chain().getLast().issuer(),
                                    isOfAmazon(refused.chain())
                                            ? "Amazon RDS and Aurora have authorities of their own, which no system knows, and do not send their root."
                                            : "So nobody vouches for it, and nothing was sent."),
                    isOfAmazon(refused.chain())
                            ? "Fetch %s and give it as `sslrootcert`, together with `sslmode: verify-full`; or approve a certificate: %s".formatted(RDS_BUNDLE, howToApprove(refused))
                            : "Compare the fingerprints with those at the server, and approve a certificate: %s Or give its authority's file as `sslrootcert`, together with `sslmode: verify-full`."
                                    .formatted(howToApprove(refused)),
                    refused);
            case FORGED -> new Fault(
                    FaultKind.CERTIFICATE_UNTRUSTED,
                    server.toString(),
                    "The certificate %s that %s presents is not what it says: a signature between it and the authority that is believed does not hold, or is by one"
                            .formatted(named(culprit), server)
                            + " that may not sign. Nothing was sent.",
                    "Have the server present its own certificate and those between it and its root, each signed by the next. If it does: somebody stands"
                            + " between.",
                    refused);
            case WEAK -> new Fault(
                    FaultKind.CERTIFICATE_UNTRUSTED,
                    server.toString(),
                    "The certificate %s that %s presents is signed by a method, or has a key, that is no longer safe (%s), so it proves nothing."
                            .formatted(named(culprit), server, culprit.certificate().getSigAlgName()),
                    "Have the server's certificate made anew: RSA with 2048 bits or more, or ECDSA, and SHA-256.",
                    refused);
            case OTHER_NAME -> new Fault(
                    FaultKind.CERTIFICATE_UNTRUSTED,
                    server.toString(),
                    "The certificate that %s presents is of another name: asked for was `%s`, it is of `%s`. %s"
                            .formatted(
                                    server,
                                    refused.policy().serverName().orElse(server.host()),
                                    String.join("`, `", namesOf(culprit.certificate())),
                                    refused.policy().mode() == TlsMode.VERIFY_FULL
                                            ? "`sslmode: verify-full` asks for the name."
                                            : "A public authority signs it, which does so for anybody, so the name has to be right."),
                    "If the server is called so, and is reached by another name (PrivateLink, a load balancer): set `tls_server_name` to a name of the certificate. Or"
                            + " approve the server's own certificate, which is enough whatever its name: `./millrace check FILE --trust "
                            + culprit.sha256() + "`.",
                    refused);
        };
    }

    /// The handshake failed, for another reason than the certificate.
    public static Fault of(SSLException failure, Address server) {
        return switch (cause(failure)) {
            case NOT_TLS -> notPostgres(server, failure);
            case VERSION -> new Fault(
                    FaultKind.TLS_UNUSABLE,
                    server.toString(),
                    "The server %s offers TLS older than 1.2 only, which no longer protects anything, so no session was opened.".formatted(server),
                    "Set `ssl_min_protocol_version = 'TLSv1.2'` at the server and `ssl_max_protocol_version = ''`, or upgrade it.",
                    failure);
            case CLIENT -> clientRefused(server, failure);
            case OTHER -> new Fault(
                    FaultKind.TLS_UNUSABLE,
                    server.toString(),
                    "The server %s and this machine do not agree on TLS: %s".formatted(server, failure.getMessage()),
                    "See the server's log, and its `ssl_ciphers`.",
                    failure);
        };
    }

    /// The server ended the session when it had been shown the client's certificate. With version 1.3 that is all that is seen, as a rule: what the server says
    /// of it is lost with the connection.
    public static Fault clientRefused(Address server, Throwable cause) {
        return new Fault(
                FaultKind.LOGIN_REFUSED,
                server.toString(),
                "The server %s ended the session when it was shown `client_public_certificate`, so it does not accept it.".formatted(server),
                "Give one that is valid now and signed by an authority in the server's `ssl_ca_file`, with those between behind it. The server's log says what"
                        + " is wrong with this one.",
                cause);
    }

    /// What answers speaks something else than PostgreSQL's protocol.
    public static Fault notPostgres(Address server, Throwable cause) {
        return new Fault(
                FaultKind.NOT_POSTGRES,
                server.toString(),
                "What answers at %s is no PostgreSQL server: its answer is none of PostgreSQL's protocol.".formatted(server),
                "Correct `host` and `port` (5432 as a rule); a web or SSH server would answer so.",
                cause);
    }

    private enum Cause {
        NOT_TLS,
        VERSION,
        CLIENT,
        OTHER
    }

    /// By the text: the JDK has neither classes nor codes for these. A test provokes each.
    private static Cause cause(SSLException failure) {
        String text = String.valueOf(failure.getMessage());
        if (text.contains("Unsupported or unrecognized SSL message")) {
            return Cause.NOT_TLS;
        }
        if (text.contains("protocol_version") || text.contains("protocol version")) {
            return Cause.VERSION;
        }
        boolean isOurs = Stream.of("certificate_required", "bad_certificate", "unknown_ca", "certificate_unknown", "certificate_expired")
                .anyMatch(text::contains);
        return text.contains("Received fatal alert") && isOurs ? Cause.CLIENT : Cause.OTHER;
    }

    /// The command that approves. An authority signs for many, so it proves whom one speaks to only where the name is held against the certificate too; it
    /// outlives the server's own certificate, which is enough by itself.
    static String howToApprove(List<PresentedCertificate> chain, TlsMode mode) {
        String leaf = "`./millrace check FILE --trust %s`.".formatted(chain.getFirst().sha256());
        PresentedCertificate last = chain.getLast();
        if (chain.size() == 1 || !last.isAuthority()) {
            return leaf;
        }
        return mode == TlsMode.VERIFY_FULL
                ? "`./millrace check FILE --trust %s` for its authority, which stays when the server's own certificate is renewed; or, for that one alone, %s"
                        .formatted(last.sha256(), leaf)
                : "%s Its authority (SHA-256 %s) stays when that one is renewed; approve it only together with `sslmode: verify-full`, which asks for the name too: without it"
                                .formatted(leaf, last.sha256())
                        + " whoever has any certificate of that authority would be believed.";
    }

    private static String howToApprove(CertificateRefused refused) {
        return howToApprove(refused.chain(), refused.policy().mode());
    }

    private static String believed(TlsPolicy policy) {
        return switch (policy.roots()) {
            case Roots.InFile(var path) -> "those in " + path;
            case Roots.OfSystem _, Roots.Unsaid _ -> "the system's";
        };
    }

    private static boolean isOfAmazon(List<PresentedCertificate> chain) {
        return chain.getLast().issuer().contains("Amazon RDS");
    }

    private static String listed(List<PresentedCertificate> chain) {
        return String.join("; ", chain.stream().map(TlsFaults::named).toList());
    }

    private static String named(PresentedCertificate one) {
        return "%s (SHA-256 %s)".formatted(one.subject(), one.sha256());
    }

    private static List<String> namesOf(X509Certificate certificate) {
        return ServerName.all(certificate).stream().map(PresentedCertificate::onOneLine).toList();
    }

    private static Instant now() {
        return InstantSource.system().instant().truncatedTo(ChronoUnit.SECONDS);
    }

    private static String text(TlsMode mode) {
        return mode.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
