package dev.millrace.route.agent;

import dev.millrace.core.fault.Fault;
import dev.millrace.core.fault.FaultKind;
import dev.millrace.core.route.Address;
import dev.millrace.core.secret.Secret;
import dev.millrace.route.pipe.Duplex;
import dev.millrace.route.ssh.ChannelDuplex;
import dev.millrace.route.ssh.ChannelRefusal;
import dev.millrace.route.ssh.PeerText;
import dev.millrace.route.ssh.SshLimits;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.security.KeyPair;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import org.apache.sshd.common.AttributeRepository.AttributeKey;
import org.apache.sshd.common.SshConstants;
import org.apache.sshd.common.config.keys.KeyUtils;
import org.apache.sshd.common.digest.BuiltinDigests;
import org.apache.sshd.common.global.KeepAliveHandler;
import org.apache.sshd.common.keyprovider.KeyPairProvider;
import org.apache.sshd.common.session.Session;
import org.apache.sshd.common.session.SessionListener;
import org.apache.sshd.common.util.buffer.Buffer;
import org.apache.sshd.core.CoreModuleProperties;
import org.apache.sshd.server.SshServer;
import org.apache.sshd.server.auth.password.UserAuthPasswordFactory;
import org.apache.sshd.server.forward.DirectTcpipFactory;
import org.apache.sshd.server.forward.RejectAllForwardingFilter;
import org.apache.sshd.server.session.ServerSession;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What agents dial: an SSH server that lets agents in by id and token, lets them do nothing, and has them connect to hosts.
///
/// May be used by any thread. Each agent that is connected has a virtual thread here that asks every few seconds whether it lives, and notes what
/// was seen of it. Closing the gateway ends all sessions; agents dial again.
public final class Gateway implements AgentWays, AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Gateway.class);
    private static final Duration CLOSE_PATIENCE = Duration.ofSeconds(5);
    private static final AttributeKey<Connected> AGENT = new AttributeKey<>();
    /// How many sessions there may be at a time in which nobody has logged in yet; each of them may stay as long as a login may take.
    static final int STRANGERS_MAX = 100;
    /// What an agent's SSH version text begins with; its own version comes after.
    static final String AGENT_VERSION = "millrace-agent-";

    private final AgentRegistry registry;
    private final SshLimits limits;
    private final SshServer server;
    private final KeyPair hostKey;
    private final Map<String, Connected> connected = new ConcurrentHashMap<>();
    private final Set<Thread> watchers = ConcurrentHashMap.newKeySet();
    private final Set<Session> strangers = ConcurrentHashMap.newKeySet();

    private Gateway(AgentRegistry registry, SshLimits limits, SshServer server, KeyPair hostKey) {
        this.registry = registry;
        this.limits = limits;
        this.server = server;
        this.hostKey = hostKey;
    }

    /// Begins to listen.
    ///
    /// @param listen where agents dial; the host may be `0.0.0.0`
    /// @param hostKey by which agents know this gateway
    /// @throws Fault `SPOOL_UNUSABLE` if it cannot listen there
    public static Gateway open(AgentRegistry registry, KeyPair hostKey, Address listen, SshLimits limits) {
        SshServer server = SshServer.setUpDefaultServer();
        Gateway gateway = new Gateway(registry, limits, server, hostKey);
        server.setHost(listen.host());
        server.setPort(listen.port());
        server.setKeyPairProvider(KeyPairProvider.wrap(hostKey));
        server.setUserAuthFactories(List.of(UserAuthPasswordFactory.INSTANCE));
        server.setPasswordAuthenticator((id, token, session) -> gateway.admit(id, Secret.of(token), session));
        // One kind of channel has to be there; the filter refuses every one that is asked for.
        server.setChannelFactories(List.of(DirectTcpipFactory.INSTANCE));
        server.setSubsystemFactories(List.of());
        server.setGlobalRequestHandlers(List.of(KeepAliveHandler.INSTANCE));
        server.setForwardingFilter(RejectAllForwardingFilter.INSTANCE);
        server.addSessionListener(gateway.new ComingAndLeaving());
        CoreModuleProperties.AUTH_TIMEOUT.set(server, limits.login());
        CoreModuleProperties.IDLE_TIMEOUT.set(server, Duration.ZERO);
        CoreModuleProperties.SOCKET_KEEPALIVE.set(server, true);
        CoreModuleProperties.SERVER_IDENTIFICATION.set(server, "millrace-gateway");
        // An agent that takes nothing is no fault as long as it answers keepalives: the database may be busy.
        CoreModuleProperties.WAIT_FOR_SPACE_TIMEOUT.set(server, Duration.ofDays(1));
        try {
            registry.makeFolder();
            server.start();
            return gateway;
        } catch (IOException e) {
            throw new Fault(
                    FaultKind.SPOOL_UNUSABLE,
                    listen.toString(),
                    "The gateway cannot listen at %s.".formatted(listen),
                    "Another process may have that port, or this machine no such address; ports below 1024 need a right. Name another with --listen.",
                    e);
        }
    }

    /// The port on which it listens.
    public int port() {
        return server.getPort();
    }

    /// The fingerprint of its host key, which agents pin.
    public String fingerprint() {
        return KeyUtils.getFingerPrint(BuiltinDigests.sha256, hostKey.getPublic());
    }

    /// Whether a token lets an agent in. That it cannot be told must not look like a no, after which an agent gives up for good.
    private boolean admit(String id, Secret token, ServerSession session) {
        try {
            return isAdmitted(id, token, session);
        } catch (RuntimeException e) {
            LOG.error("agent={} refused=unknown from={}", shown(id), session.getRemoteAddress(), e);
            disconnect(session, SshConstants.SSH2_DISCONNECT_BY_APPLICATION, "the gateway cannot read what it knows of agents; its log says why");
            return false;
        }
    }

    private boolean isAdmitted(String id, Secret token, ServerSession session) {
        Optional<String> hash = registry.accept(id, token);
        if (hash.isEmpty()) {
            LOG.warn("agent={} refused=token from={}", shown(id), session.getRemoteAddress());
            return false;
        }
        Connected now = new Connected(id, hash.get(), session, registry.seen(id), this::watch);
        Connected first = connected.merge(id, now, (before, fresh) -> before.session.isOpen() ? before : fresh);
        if (first != now) {
            LOG.warn("agent={} refused=taken from={} by={}", id, session.getRemoteAddress(), first.session.getRemoteAddress());
            disconnect(
                    session,
                    SshConstants.SSH2_DISCONNECT_TOO_MANY_CONNECTIONS,
                    "another process with this id is connected, from " + first.session.getRemoteAddress());
            return false;
        }
        session.setAttribute(AGENT, now);
        return true;
    }

    /// An id from the network, as it may stand in a log.
    private static String shown(String id) {
        return id.matches("[a-z0-9_-]{1,40}") ? id : "?";
    }

    private static void disconnect(ServerSession session, int code, String why) {
        try {
            session.disconnect(code, why);
        } catch (IOException _) {
            session.close(true);
        }
    }

    /// Asks an agent again and again whether it lives, until its session ends.
    private void watch(Connected agent) {
        try {
            askUntilItEnds(agent);
        } finally {
            agent.session.close(true);
            note(agent, false);
            watchers.remove(agent.watcher);
        }
    }

    private void askUntilItEnds(Connected agent) {
        int missed = 0;
        while (agent.session.isOpen()) {
            note(agent, true);
            if (!isCurrent(agent)) {
                LOG.warn("agent={} ended=\"removed, or has another token\"", agent.id);
                return;
            }
            try {
                Buffer question = agent.session.createBuffer(SshConstants.SSH_MSG_GLOBAL_REQUEST);
                question.putString("keepalive@millrace");
                question.putBoolean(true);
                agent.session.request("keepalive@millrace", question, limits.keepAlive());
                missed = 0;
                Thread.sleep(limits.keepAlive());
            } catch (IOException _) {
                if (++missed >= limits.keepAlivesMissed()) {
                    LOG.warn("agent={} ended=\"silent\"", agent.id);
                    return;
                }
            } catch (InterruptedException _) {
                // The session ended: that is what the loop asks next.
                LOG.debug("agent={} woken", agent.id);
            }
        }
    }

    /// Whether an agent's token is still its own. As long as that cannot be told its session stays, and it is asked again.
    private boolean isCurrent(Connected agent) {
        try {
            return registry.isCurrent(agent.id, agent.tokenHash);
        } catch (Fault fault) {
            LOG.warn("agent={} not-asked=\"{}\"", agent.id, fault.getMessage());
            return true;
        }
    }

    private void note(Connected agent, boolean lives) {
        try {
            registry.note(
                    agent.id,
                    agent.version(),
                    lives,
                    agent.before.sessions() + agent.sessions.sum(),
                    agent.before.bytes() + agent.bytes.sum());
        } catch (Fault fault) {
            // What was seen is for people to look at; a full disk must not end sessions.
            LOG.warn("agent={} not-noted=\"{}\"", agent.id, fault.getMessage());
        }
    }

    @Override
    public void check(String agentId) {
        live(agentId);
    }

    @Override
    public Duplex open(String agentId, Address target) {
        Connected agent = live(agentId);
        try {
            Duplex opened = ChannelDuplex.open(agent.session, target, limits.login(), agent.bytes);
            agent.sessions.increment();
            return opened;
        } catch (IOException e) {
            throw ChannelRefusal.in(e)
                    .map(refused -> AgentFaults.refused(agentId, target, refused))
                    .orElseGet(() -> agent.session.isOpen() ? AgentFaults.silent(agentId, target, e) : AgentFaults.absent(agentId));
        }
    }

    private Connected live(String agentId) {
        Connected agent = connected.get(agentId);
        if (agent == null || !agent.session.isOpen() || !agent.session.isAuthenticated()) {
            throw registry.knows(agentId) ? AgentFaults.absent(agentId) : AgentFaults.unknown(agentId);
        }
        return agent;
    }

    @Override
    public void close() {
        try {
            server.stop(true);
            for (Thread watcher : watchers) {
                watcher.interrupt();
                watcher.join(CLOSE_PATIENCE);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    /// An agent that is connected.
    private static final class Connected {
        private final String id;
        private final String tokenHash;
        private final ServerSession session;
        private final AgentRegistry.Seen before;
        private final Thread watcher;
        private final LongAdder sessions = new LongAdder();
        private final LongAdder bytes = new LongAdder();

        Connected(String id, String tokenHash, ServerSession session, AgentRegistry.Seen before, Consumer<Connected> watch) {
            this.id = id;
            this.tokenHash = tokenHash;
            this.session = session;
            this.before = before;
            this.watcher = Thread.ofVirtual().name("agent-" + id).unstarted(() -> watch.accept(this));
        }

        String version() {
            String said = PeerText.of(session.getClientVersion());
            int at = said.indexOf(AGENT_VERSION);
            return at < 0 ? "" : said.substring(at + AGENT_VERSION.length());
        }
    }

    /// Counts those who have not logged in yet, and turns away those who are too many. Begins to watch an agent once it was told that it is let in, so that no question comes before that; and forgets one whose session ended.
    private final class ComingAndLeaving implements SessionListener {

        @Override
        public void sessionCreated(Session session) {
            strangers.add(session);
            if (strangers.size() > STRANGERS_MAX) {
                LOG.warn("refused=\"{} sessions are not logged in\" from={}", STRANGERS_MAX, session.getIoSession().getRemoteAddress());
                session.close(true);
            }
        }

        @Override
        public void sessionEvent(Session session, Event event) {
            Connected agent = session.getAttribute(AGENT);
            if (event == Event.Authenticated) {
                strangers.remove(session);
            }
            if (event == Event.Authenticated && agent != null) {
                watchers.add(agent.watcher);
                agent.watcher.start();
            }
        }

        @Override
        public void sessionClosed(Session session) {
            strangers.remove(session);
            Connected agent = session.getAttribute(AGENT);
            if (agent != null && connected.remove(agent.id, agent)) {
                LOG.info("agent={} left", agent.id);
                agent.watcher.interrupt();
            }
        }
    }
}
