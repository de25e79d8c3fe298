package dev.millrace.route.agent;

import dev.millrace.core.fault.Fault;
import dev.millrace.core.fault.FaultKind;
import dev.millrace.core.route.Address;
import dev.millrace.route.ssh.DialFailure;
import dev.millrace.route.ssh.Login;
import dev.millrace.route.ssh.SshDialer;
import dev.millrace.route.ssh.SshLimits;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.apache.sshd.client.SshClient;
import org.apache.sshd.client.session.ClientSession;
import org.apache.sshd.common.session.Session;
import org.apache.sshd.common.util.net.SshdSocketAddress;
import org.apache.sshd.core.CoreModuleProperties;
import org.apache.sshd.server.forward.DirectTcpipFactory;
import org.apache.sshd.server.forward.RejectAllForwardingFilter;

/// Dials a gateway, again whenever the session ends, and connects to the hosts that it is allowed when the gateway asks.
///
/// One thread calls [#run]; [#close] may be called by any.
public final class Agent implements AutoCloseable {

    private final AgentConfiguration configuration;
    private final SshLimits limits;
    private final Backoff backoff;
    private final Consumer<String> says;
    private final SshDialer dialer;
    private final CountDownLatch closed = new CountDownLatch(1);

    /// How long it waits before it dials again.
    ///
    /// @param first after the first failure; doubles with each further one
    /// @param longest where doubling ends
    public record Backoff(Duration first, Duration longest) {

        /// Half a second to half a minute.
        public static Backoff defaults() {
            return new Backoff(Duration.ofMillis(500), Duration.ofSeconds(30));
        }

        /// The pause after so many failures, which is at least 1: up to half of it by chance, so that agents that lost their gateway together do not come
        /// back together.
        Duration after(int failures) {
            Duration pause = first.multipliedBy(1L << Math.min(failures - 1, 20));
            long millis = Math.min(pause.toMillis(), longest.toMillis());
            return Duration.ofMillis(millis / 2 + ThreadLocalRandom.current().nextLong(millis / 2 + 1));
        }
    }

    /// Nothing is dialled yet.
    ///
    /// @param version of this program, which the gateway shows
    /// @param says hears lines for people
    public Agent(AgentConfiguration configuration, String version, SshLimits limits, Backoff backoff, Consumer<String> says) {
        this.configuration = configuration;
        this.limits = limits;
        this.backoff = backoff;
        this.says = says;
        this.dialer = SshDialer.open(limits, client -> connecting(client, version));
    }

    private void connecting(SshClient client, String version) {
        client.setChannelFactories(List.of(DirectTcpipFactory.INSTANCE));
        client.setForwardingFilter(new Allowed());
        // A space would begin the comment of the version line (RFC 4253 section 4.2).
        CoreModuleProperties.CLIENT_IDENTIFICATION.set(client, Gateway.AGENT_VERSION + version.replace(' ', '_'));
    }

    /// Serves until it is closed.
    ///
    /// @throws Fault `AGENT_LOGIN_REFUSED`, `HOST_KEY_UNKNOWN` or `HOST_KEY_CHANGED`, which waiting does not mend
    public void run() {
        int failures = 0;
        while (closed.getCount() > 0) {
            try {
                ClientSession session = dialer.dial(
                        configuration.gateway(),
                        configuration.agentId(),
                        new Login.Token(configuration.token()),
                        configuration::gatewayHostKeys);
                says.accept("Connected to the gateway %s as %s.".formatted(configuration.gateway(), configuration.agentId()));
                failures = 0;
                awaitEnd(session);
                says.accept("The session with the gateway ended.");
                failures++;
            } catch (DialFailure failure) {
                if (closed.getCount() == 0) {
                    return;
                }
                failures++;
                says.accept(said(failure));
            }
            pause(backoff.after(failures));
        }
    }

    private void awaitEnd(ClientSession session) {
        session.addCloseFutureListener(_ -> {
            synchronized (session) {
                session.notifyAll();
            }
        });
        try {
            synchronized (session) {
                while (session.isOpen() && closed.getCount() > 0) {
                    session.wait(limits.keepAlive().toMillis());
                }
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            close();
        }
    }

    /// What a failure that passes is called; others are faults.
    private String said(DialFailure failure) {
        Address gateway = configuration.gateway();
        return switch (failure.reason()) {
            case PRIVATE -> throw new IllegalStateException("Invalid failure: %s (must not come, since all addresses are dialled)".formatted(failure), failure);
            case UNKNOWN_HOST -> "The gateway's name %s does not resolve. Trying again.".formatted(gateway.host());
            case UNREACHABLE -> "The gateway %s does not accept connections. Trying again.".formatted(gateway);
            case SILENT -> "No session came of a connection to the gateway %s (%s). Trying again.".formatted(gateway, failure.detail());
            case TAKEN -> "Another process is connected as %s, and one at a time can be; waiting for it to leave. The gateway says: %s."
                    .formatted(configuration.agentId(), failure.detail());
            case NO_COMMON_ALGORITHM -> throw new Fault(
                    FaultKind.VERSION_UNSUPPORTED,
                    gateway.toString(),
                    "What listens at %s shares no algorithm with us, so it is no gateway of Millrace's.".formatted(gateway),
                    "Correct `gateway` in the agent's configuration.",
                    failure);
            case HOST_KEY_UNKNOWN, HOST_KEY_CHANGED -> throw new Fault(
                    failure.reason() == DialFailure.Reason.HOST_KEY_UNKNOWN ? FaultKind.HOST_KEY_UNKNOWN : FaultKind.HOST_KEY_CHANGED,
                    gateway.toString(),
                    "The gateway %s shows the host key %s, which `gateway_host_key` does not name%s. The token was not sent."
                            .formatted(
                                    gateway,
                                    failure.presented().map(key -> key.fingerprint()).orElse("?"),
                                    failure.trusted().isEmpty() ? "" : " (it names " + String.join(", ", failure.trusted()) + ")"),
                    "Compare it with what `./millrace gateway` prints when it starts; only if they are the same, put it into the agent's configuration.",
                    failure);
            case LOGIN_REFUSED -> throw new Fault(
                    FaultKind.AGENT_LOGIN_REFUSED,
                    configuration.agentId(),
                    "The gateway %s does not accept the id and token of agent `%s`: it was removed, or its token was renewed.".formatted(
                            gateway, configuration.agentId()),
                    "Where the gateway runs, `./millrace agents token %s` makes a new token; put it into this agent's configuration.".formatted(
                            configuration.agentId()),
                    failure);
        };
    }

    private void pause(Duration pause) {
        try {
            if (closed.await(pause.toMillis(), TimeUnit.MILLISECONDS)) {
                says.accept("Stopped.");
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            close();
        }
    }

    /// Ends the session and has [#run] return.
    @Override
    public void close() {
        closed.countDown();
        dialer.close();
    }

    /// Decides where the gateway may go.
    private final class Allowed extends RejectAllForwardingFilter {

        @Override
        public boolean canConnect(Type type, SshdSocketAddress address, Session session) {
            Address target = new Address(address.getHostName(), address.getPort());
            boolean allowed = type == Type.Direct && configuration.allows(target);
            if (!allowed) {
                says.accept("Refused to connect to %s, which `allow` does not name.".formatted(target));
            }
            return allowed;
        }
    }
}
