package dev.millrace.route.ssh;

import dev.millrace.core.check.Approvable;
import dev.millrace.core.check.Finding;
import dev.millrace.core.check.Outcome;
import dev.millrace.core.check.SetupTest;
import dev.millrace.core.fault.Fault;
import java.util.ArrayList;
import java.util.List;

/// The setup test of a tunnel: the host answers, its key is approved, it lets us in, and it forwards to the database.
///
/// @param tunnel stays the caller's, open for the tests that come after
public record TunnelTest(SshTunnel tunnel) {

    /// Asks; waits no longer than the tunnel's limits. What cannot be asked since something before it failed is left out: the failure says it.
    public List<Finding> ask() {
        List<Finding> findings = new ArrayList<>();
        try {
            tunnel.dial();
            findings.add(Finding.passed(
                    SetupTest.SSH_TUNNEL,
                    "The tunnel host %s answers, shows the approved host key %s, and accepts our key.".formatted(
                            tunnel.host(), tunnel.hostKey().map(HostKey::fingerprint).orElse(""))));
            tunnel.probe();
            findings.add(Finding.passed(SetupTest.SSH_TUNNEL, "It forwards to %s.".formatted(tunnel.target())));
        } catch (Fault fault) {
            findings.add(new Finding(SetupTest.SSH_TUNNEL, Outcome.FAILED, fault.description(), fault.remedy(), approvable(fault)));
        }
        return findings;
    }

    private static List<Approvable> approvable(Fault fault) {
        return switch (fault.kind()) {
            case HOST_KEY_UNKNOWN, HOST_KEY_CHANGED ->
                fault.getCause() instanceof DialFailure failure
                        ? failure.presented().map(HostKey::approvable).stream().toList()
                        : List.of();
            default -> List.of();
        };
    }
}
