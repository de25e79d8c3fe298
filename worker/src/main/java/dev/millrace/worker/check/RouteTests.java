package dev.millrace.worker.check;

import dev.millrace.core.check.Approvable;
import dev.millrace.core.check.Finding;
import dev.millrace.core.check.Outcome;
import dev.millrace.core.check.SetupTest;
import dev.millrace.core.route.Route;
import dev.millrace.postgres.dial.PrivateHosts;
import dev.millrace.postgres.tls.CertificateCheck;
import dev.millrace.postgres.tls.HostCheck;
import dev.millrace.postgres.tls.TlsPolicy;
import dev.millrace.route.ssh.SshTunnel;
import dev.millrace.route.ssh.TunnelTest;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/// The setup tests of a route: its tunnel if it has one, the host at its end, and the certificate that is presented there.
///
/// @param route stays the caller's
/// @param tls what is asked of TLS
/// @param privateHosts which addresses may be dialled
/// @param clock for the time that certificates have left
public record RouteTests(Route route, TlsPolicy tls, PrivateHosts privateHosts, InstantSource clock) implements WayTests {

    @Override
    public boolean ask(Consumer<Finding> findings) {
        if (!passes(tunnel(), findings)) {
            String why = "It is reached through the tunnel; see above.";
            findings.accept(Finding.skipped(SetupTest.HOST, why));
            findings.accept(Finding.skipped(SetupTest.CERTIFICATE, why));
            return false;
        }
        if (!passes(List.of(new HostCheck(route, privateHosts).finding()), findings)) {
            findings.accept(Finding.skipped(SetupTest.CERTIFICATE, "No server was reached that could present one; see above."));
            return false;
        }
        return passes(List.of(new CertificateCheck(route, tls, privateHosts, clock).finding()), findings);
    }

    /// What servers on the way present now and a person may approve; something behind a tunnel only once its host key is approved.
    public List<Approvable> presented() {
        List<Approvable> presented = new ArrayList<>();
        ask(finding -> presented.addAll(finding.approvable()));
        return presented;
    }

    private List<Finding> tunnel() {
        return route instanceof SshTunnel tunnel
                ? new TunnelTest(tunnel).ask()
                : List.of(Finding.skipped(SetupTest.SSH_TUNNEL, "The host is not reached through a tunnel."));
    }

    private static boolean passes(List<Finding> found, Consumer<Finding> findings) {
        found.forEach(findings);
        return found.stream().noneMatch(finding -> finding.outcome() == Outcome.FAILED);
    }
}
