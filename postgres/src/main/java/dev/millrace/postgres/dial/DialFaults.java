package dev.millrace.postgres.dial;

import dev.millrace.core.fault.Fault;
import dev.millrace.core.fault.FaultKind;
import dev.millrace.core.route.Address;

/// What is said when a server cannot be dialled.
public final class DialFaults {

    private DialFaults() {}

    /// The fault.
    ///
    /// @param server as a user names it
    public static Fault of(NotDialled failure, Address server) {
        return switch (failure.reason()) {
            case UNRESOLVABLE -> new Fault(
                    FaultKind.HOST_UNREACHABLE,
                    server.toString(),
                    "The host's name %s does not resolve, so the server cannot be reached.".formatted(server.host()),
                    "Correct `host` in the settings, or the network's name service.",
                    failure);
            case PRIVATE -> new Fault(
                    FaultKind.HOST_PRIVATE,
                    server.toString(),
                    "%s is at %s, which is a private address, and `private_hosts: refuse` has such addresses refused.".formatted(server.host(), failure.tried()),
                    "Give the host's public name; or reach it by `SshTunnel`, `PrivateLink` or `ProxyAgent`. On a machine of your own:"
                            + " `private_hosts: allow`.",
                    failure);
            case REFUSED -> new Fault(
                    FaultKind.HOST_UNREACHABLE,
                    server.toString(),
                    "Nothing listens at %s (%s): the machine is there and refuses.".formatted(server, failure.tried()),
                    "Check `host` and `port` (5432 as a rule), that the server runs, and that its `listen_addresses` has that address.",
                    failure);
            case SILENT -> new Fault(
                    FaultKind.HOST_UNREACHABLE,
                    server.toString(),
                    "%s does not answer (%s): as a rule something between drops what is sent to it.".formatted(server, failure.tried()),
                    "Let this machine in at the firewall, security group or network ACL; check `host` and `port`.",
                    failure);
            case UNREACHABLE -> new Fault(
                    FaultKind.HOST_UNREACHABLE,
                    server.toString(),
                    "The network knows no way from here to %s (%s).".formatted(server, failure.tried()),
                    "Check routing. A host that has IPv6 addresses only needs IPv6 on this machine.",
                    failure);
        };
    }

    /// The server took the connection and then said nothing.
    public static Fault silent(Address server, Throwable cause) {
        return new Fault(
                FaultKind.HOST_UNREACHABLE,
                server.toString(),
                "What listens at %s takes the connection and says nothing.".formatted(server),
                "Check `port`, and whether a load balancer or tunnel stands there without a server behind it, or a server that is overloaded.",
                cause);
    }

    /// The server took the connection and ended it.
    public static Fault closed(Address server, Throwable cause) {
        return new Fault(
                FaultKind.HOST_UNREACHABLE,
                server.toString(),
                "What listens at %s takes the connection and ends it without a word.".formatted(server),
                "Check `port`, and whether a load balancer or tunnel stands there without a server behind it; see the server's log.",
                cause);
    }
}
