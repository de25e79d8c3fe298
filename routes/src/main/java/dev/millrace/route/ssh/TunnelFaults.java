package dev.millrace.route.ssh;

import dev.millrace.core.fault.Fault;
import dev.millrace.core.fault.FaultKind;
import dev.millrace.core.route.Address;
import java.util.TreeSet;

/// What the failures of a tunnel are called, and what a person can do about each.
///
/// @param host that is asked to forward
/// @param target the database's host as the tunnel host sees it
record TunnelFaults(TunnelHost host, Address target) {

    /// Of a session that could not be had.
    ///
    /// @param key by which we tried to log in
    Fault of(DialFailure failure, TunnelKey key) {
        return switch (failure.reason()) {
            case UNKNOWN_HOST -> fault(
                    FaultKind.TUNNEL_UNREACHABLE,
                    "The name of the tunnel host %s does not resolve on this machine.".formatted(host.address().host()),
                    "Correct `source.tunnel_host`, or this machine's name service.",
                    failure);
            case PRIVATE -> fault(
                    FaultKind.HOST_PRIVATE,
                    "The tunnel host %s is at a private address (%s), and `private_hosts: refuse` has such addresses refused.".formatted(
                            host.address(), failure.detail()),
                    "Give the tunnel host's public name in `source.tunnel_host`. On a machine of your own: `private_hosts: allow`.",
                    failure);
            case UNREACHABLE -> fault(
                    FaultKind.TUNNEL_UNREACHABLE,
                    "The tunnel host %s does not accept connections.".formatted(host.address()),
                    "Check `source.tunnel_host` and `source.tunnel_port`, that the SSH server runs, and that firewalls and security groups let this"
                            + " machine's address in.",
                    failure);
            case SILENT, TAKEN -> fault(
                    FaultKind.TUNNEL_UNREACHABLE,
                    "The tunnel host %s accepted a connection, but no SSH session came of it (%s).".formatted(host.address(), failure.detail()),
                    "Check that an SSH server listens at that port, and that it is not overloaded (`MaxStartups` in sshd_config).",
                    failure);
            case NO_COMMON_ALGORITHM -> fault(
                    FaultKind.VERSION_UNSUPPORTED,
                    "The tunnel host %s offers only algorithms that are not safe any more, such as ssh-rsa with SHA-1.".formatted(host.address()),
                    "Upgrade its SSH server to OpenSSH 7.2 or later, and give it an Ed25519 host key: `ssh-keygen -A` makes what is missing.",
                    failure);
            case HOST_KEY_UNKNOWN -> fault(
                    FaultKind.HOST_KEY_UNKNOWN,
                    "The tunnel host %s shows the host key %s, and nobody has approved it yet.".formatted(host.address(), named(failure.key())),
                    approving(failure.key()),
                    failure);
            case HOST_KEY_CHANGED -> fault(
                    FaultKind.HOST_KEY_CHANGED,
                    "The tunnel host %s shows the host key %s; approved is %s. Either the server was made anew, or somebody else answers in its place,"
                                    .formatted(host.address(), named(failure.key()), String.join(", ", new TreeSet<>(failure.trusted())))
                            + " or a load balancer stands before several servers with a key each. Nothing was sent to it.",
                    "Ask its administrator which it is. If it is meant to be so: " + approving(failure.key())
                            + " Behind a load balancer, give all servers the same host key, or name one of them in `source.tunnel_host`.",
                    failure);
            case LOGIN_REFUSED -> fault(
                    FaultKind.TUNNEL_LOGIN_REFUSED,
                    "The tunnel host %s does not accept our key for the user `%s`.".formatted(host.address(), host.user()),
                    installing(key),
                    failure);
        };
    }

    /// Of a session at the database that the tunnel host did not open.
    Fault of(ChannelRefusal refused) {
        if (refused.isProhibited()) {
            return fault(
                    FaultKind.TUNNEL_REFUSED_FORWARD,
                    "The tunnel host %s lets us in, but does not allow forwarding to %s.".formatted(host.address(), target),
                    "On the tunnel host, have sshd_config say `AllowTcpForwarding yes` (or `local`) and, if it has `PermitOpen`, `PermitOpen %s`;".formatted(target)
                            + " the key's line in authorized_keys must not say `no-port-forwarding`, `restrict` or another `permitopen`. Then reload sshd.",
                    refused.cause());
        }
        return fault(
                FaultKind.HOST_UNREACHABLE,
                "The tunnel host %s forwards nowhere: from there, %s does not resolve or does not answer (%s).".formatted(
                        host.address(), target, refused.words()),
                "Check `source.host` and `source.port` as the tunnel host sees them (`nc -vz %s %d` there), that the database runs, and that its firewall or"
                                .formatted(target.host(), target.port())
                        + " security group lets the tunnel host in.",
                refused.cause());
    }

    /// Of a session at the database to which the tunnel host did not say yes or no.
    Fault silent(Throwable seen) {
        return fault(
                FaultKind.HOST_UNREACHABLE,
                "The tunnel host %s was asked to forward to %s and got no answer from there in time.".formatted(host.address(), target),
                "Check that the firewall or security group of the database lets the tunnel host in (`nc -vz %s %d` there).".formatted(
                        target.host(), target.port()),
                seen);
    }

    /// Of a session that broke after it had worked.
    Fault broken() {
        return new Fault(
                FaultKind.TUNNEL_UNREACHABLE,
                host.address().toString(),
                "The session with the tunnel host %s broke.".formatted(host.address()),
                "Nothing, if it restarts: the next try opens a new one.");
    }

    /// Where the public key belongs, with the commands.
    String installing(TunnelKey key) {
        return ("On the tunnel host, as `%s`, add this line to ~/.ssh/authorized_keys:%n%s%nand have the modes right:"
                        + " `chmod 700 ~/.ssh && chmod 600 ~/.ssh/authorized_keys`. The user must exist, may not be locked, and `AllowUsers` must not leave it out.")
                .formatted(host.user(), key.authorizedKeysLine());
    }

    private static String named(HostKey key) {
        return "%s (%s)".formatted(key.fingerprint(), key.type());
    }

    private static String approving(HostKey key) {
        return "Compare it with what `ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub` (or the file of another type) prints on the tunnel host, then approve it:"
                + " `./millrace check FILE --trust %s`, or `source.trusted_host_keys: %s` in the settings.".formatted(key.fingerprint(), key.fingerprint());
    }

    private Fault fault(FaultKind kind, String message, String remedy, Throwable cause) {
        return new Fault(kind, host.address().toString(), message, remedy, cause);
    }
}
