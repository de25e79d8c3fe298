package dev.millrace.postgres.tls;

import dev.millrace.core.check.Finding;
import dev.millrace.core.check.Outcome;
import dev.millrace.core.check.SetupTest;
import dev.millrace.core.fault.Fault;
import dev.millrace.core.route.Address;
import dev.millrace.core.route.Route;
import dev.millrace.postgres.dial.DialFaults;
import dev.millrace.postgres.dial.Dialler;
import dev.millrace.postgres.dial.PrivateHosts;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Properties;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;

/// Asks whether the certificate that a server presents is believed, and shows the chain for approval ([SetupTest#CERTIFICATE]). Nobody logs in.
///
/// @param route to the server; stays the caller's
/// @param tls what is asked for
/// @param privateHosts which addresses may be dialled
/// @param clock for the time that certificates have left
public record CertificateCheck(Route route, TlsPolicy tls, PrivateHosts privateHosts, InstantSource clock) {

    private static final Duration SOON = Duration.ofDays(14);

    /// The answer; within seconds, whatever is there. What may be approved stands in it whenever a chain was presented.
    public Finding finding() {
        if (!tls.mode().demandsTls()) {
            return Finding.skipped(
                    SetupTest.CERTIFICATE,
                    "`sslmode` is `%s`, so nothing is asked of the server's certificate.".formatted(tls.mode().name().toLowerCase(Locale.ROOT)));
        }
        Address server = route.target();
        try (Greeting greeting = Greeting.of(route, new Dialler(privateHosts))) {
            if (!greeting.hasTls()) {
                throw TlsFaults.missing(server, tls.mode(), new IOException("No TLS"));
            }
            return shown(greeting, server);
        } catch (UnusableTls unusable) {
            return failed(TlsFaults.of(unusable, server), null);
        } catch (Fault fault) {
            return failed(fault, null);
        }
    }

    private Finding shown(Greeting greeting, Address server) throws UnusableTls {
        TlsSockets sockets = new TlsSockets(TlsPolicy.of(asProperties(server)), clock);
        try (SSLSocket socket = (SSLSocket) sockets.createSocket(greeting.socket(), server.host(), server.port(), true)) {
            socket.startHandshake();
            return believed(Objects.requireNonNull(sockets.seen()), socket.getSession().getProtocol());
        } catch (UnusableTls unusable) {
            throw unusable;
        } catch (SSLException e) {
            CertificateRefused refused = refusal(e);
            return failed(refused == null ? TlsFaults.of(e, server) : TlsFaults.of(refused, server), sockets.seen());
        } catch (IOException e) {
            return failed(DialFaults.closed(server, e), sockets.seen());
        }
    }

    private Properties asProperties(Address server) {
        Properties properties = new Properties();
        properties.putAll(tls.properties(server.host()));
        return properties;
    }

    private Finding believed(PresentedChain chain, String version) {
        Instant until = chain.leaf().notAfter();
        String what = "The server presents %s (SHA-256 %s), valid until %s, with %s."
                .formatted(chain.leaf().subject(), chain.leaf().sha256(), until, version);
        if (!tls.verifiesChain()) {
            return new Finding(
                    SetupTest.CERTIFICATE,
                    Outcome.WARNING,
                    what + " With `sslmode: require` and nothing approved it is not verified: whoever stands between could read everything.",
                    "Approve a certificate: %s Or leave `sslmode` out.".formatted(TlsFaults.howToApprove(chain.certificates(), tls.mode())),
                    chain.approvable());
        }
        if (until.isBefore(clock.instant().plus(SOON))) {
            return new Finding(
                    SetupTest.CERTIFICATE,
                    Outcome.WARNING,
                    what + " Runs fail from then on.",
                    "Have the server's certificate renewed. If it is itself approved, rather than an authority: approve the new one then.",
                    chain.approvable());
        }
        return new Finding(SetupTest.CERTIFICATE, Outcome.PASSED, what + " " + why(chain), "", chain.approvable());
    }

    private String why(PresentedChain chain) {
        List<String> approved =
                chain.certificates().stream().filter(one -> tls.approved().contains(one.sha256())).map(PresentedCertificate::subject).toList();
        String name = tls.verifiesName() ? ", and it has the right name" : "";
        return approved.isEmpty() ? "It leads to an authority that is believed%s.".formatted(name) : "Approved: %s.".formatted(String.join("; ", approved));
    }

    private static Finding failed(Fault fault, @Nullable PresentedChain chain) {
        return new Finding(
                SetupTest.CERTIFICATE, Outcome.FAILED, fault.description(), fault.remedy(), chain == null ? List.of() : chain.approvable());
    }

    private static @Nullable CertificateRefused refusal(Throwable e) {
        for (Throwable cause = e; cause != null; cause = cause.getCause()) {
            if (cause instanceof CertificateRefused refused) {
                return refused;
            }
        }
        return null;
    }
}
