package dev.millrace.route.ssh;

import dev.millrace.core.route.Address;
import dev.millrace.route.ssh.DialFailure.Reason;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.security.PublicKey;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.apache.sshd.client.SshClient;
import org.apache.sshd.client.auth.password.UserAuthPasswordFactory;
import org.apache.sshd.client.auth.pubkey.UserAuthPublicKeyFactory;
import org.apache.sshd.client.config.hosts.HostConfigEntryResolver;
import org.apache.sshd.client.session.ClientSession;
import org.apache.sshd.common.AttributeRepository;
import org.apache.sshd.common.AttributeRepository.AttributeKey;
import org.apache.sshd.common.SshConstants;
import org.apache.sshd.common.SshException;
import org.apache.sshd.common.config.keys.KeyUtils;
import org.apache.sshd.common.config.keys.PublicKeyEntry;
import org.apache.sshd.common.digest.BuiltinDigests;
import org.apache.sshd.common.future.CancelOption;
import org.apache.sshd.common.keyprovider.KeyIdentityProvider;
import org.apache.sshd.common.session.Session;
import org.apache.sshd.common.session.SessionListener;
import org.apache.sshd.core.CoreModuleProperties;
import org.apache.sshd.server.forward.RejectAllForwardingFilter;
import org.jspecify.annotations.Nullable;

/// Dials SSH servers, believes only approved host keys, and waits no longer than its limits. It reads nothing of the user's own `~/.ssh`.
///
/// May be used by any thread. Closing it ends its sessions.
public final class SshDialer implements AutoCloseable {

    private static final AttributeKey<Attempt> ATTEMPT = new AttributeKey<>();
    private static final Duration CLOSE_PATIENCE = Duration.ofSeconds(2);

    private final SshClient client;
    private final SshLimits limits;
    private final HostAddresses addresses;

    private SshDialer(SshClient client, SshLimits limits, HostAddresses addresses) {
        this.client = client;
        this.limits = limits;
        this.addresses = addresses;
    }

    /// Begins; nothing is dialled yet.
    ///
    /// @param publicOnly whether hosts at private addresses are not dialled
    public static SshDialer open(SshLimits limits, boolean publicOnly) {
        return open(limits, new HostAddresses(publicOnly, InetAddress::getAllByName), client -> {});
    }

    /// Begins, with something of the caller's own set before the start. Hosts are dialled wherever they are.
    ///
    /// @param own hears the client before it starts
    public static SshDialer open(SshLimits limits, Consumer<SshClient> own) {
        return open(limits, new HostAddresses(false, InetAddress::getAllByName), own);
    }

    /// Begins, with a name service of the caller's.
    static SshDialer open(SshLimits limits, HostAddresses addresses, Consumer<SshClient> own) {
        SshClient client = SshClient.setUpDefaultClient();
        client.setHostConfigEntryResolver(HostConfigEntryResolver.EMPTY);
        client.setKeyIdentityProvider(KeyIdentityProvider.EMPTY_KEYS_PROVIDER);
        client.setAgentFactory(null);
        client.setForwardingFilter(RejectAllForwardingFilter.INSTANCE);
        client.setChannelFactories(List.of());
        client.setSignatureFactories(HostKeyFamily.signatures(HostKeyFamily.all()));
        client.setUserAuthFactories(List.of(
                new UserAuthPublicKeyFactory(HostKeyFamily.signatures(HostKeyFamily.all())), UserAuthPasswordFactory.INSTANCE));
        client.setServerKeyVerifier((session, _, key) -> verify(session, key));
        client.addSessionListener(new SessionListener() {
            @Override
            public void sessionCreated(Session session) {
                Attempt attempt = attempt((ClientSession) session);
                session.setSignatureFactories(HostKeyFamily.signatures(attempt.families));
            }
        });
        CoreModuleProperties.HEARTBEAT_INTERVAL.set(client, limits.keepAlive());
        CoreModuleProperties.HEARTBEAT_NO_REPLY_MAX.set(client, limits.keepAlivesMissed());
        CoreModuleProperties.IDLE_TIMEOUT.set(client, Duration.ZERO);
        CoreModuleProperties.AUTH_TIMEOUT.set(client, limits.login());
        CoreModuleProperties.IO_CONNECT_TIMEOUT.set(client, limits.connect());
        // A peer that takes nothing is no fault as long as it answers keepalives: the database may be busy.
        CoreModuleProperties.WAIT_FOR_SPACE_TIMEOUT.set(client, Duration.ofDays(1));
        CoreModuleProperties.SOCKET_KEEPALIVE.set(client, true);
        own.accept(client);
        client.start();
        return new SshDialer(client, limits, addresses);
    }

    /// A session that is logged in; to be closed by the caller.
    ///
    /// @param trusted what is believed now
    /// @throws DialFailure if it cannot be had
    public ClientSession dial(Address host, String user, Login login, TrustedHostKeys trusted) throws DialFailure {
        Set<String> believed = trusted.fingerprints();
        List<String> shown = new ArrayList<>();
        @Nullable DialFailure first = null;
        List<HostKeyFamily> families = HostKeyFamily.all();
        while (true) {
            try {
                return attempt(host, user, login, new Attempt(believed, families));
            } catch (DialFailure failure) {
                first = first == null ? failure : first;
                if (failure.reason() != Reason.HOST_KEY_CHANGED) {
                    // That a key changed is not forgotten since a further try said less; only a host with an approved key is believed more.
                    throw failure.isOfApprovedHost() ? failure : first;
                }
                // The approved key may be of another kind than the one that was shown.
                shown.add(failure.key().type());
                families = HostKeyFamily.without(shown);
                if (families.isEmpty()) {
                    throw first;
                }
            }
        }
    }

    private ClientSession attempt(Address host, String user, Login login, Attempt attempt) throws DialFailure {
        ClientSession session = connect(host, user, attempt);
        try {
            switch (login) {
                case Login.Key(var pair) -> session.addPublicKeyIdentity(pair);
                case Login.Token(var secret) -> session.addPasswordIdentity(secret.reveal());
            }
            session.auth().verify(limits.login());
            return session;
        } catch (IOException | RuntimeException e) {
            session.close(true);
            throw attempt.failure(e);
        }
    }

    private ClientSession connect(Address host, String user, Attempt attempt) throws DialFailure {
        long end = System.nanoTime() + limits.connect().toNanos();
        List<InetAddress> targets = addresses.of(host.host(), limits.connect(), attempt.believed);
        @Nullable Exception last = null;
        for (int i = 0; i < targets.size(); i++) {
            // An address that is dead leaves the others their share of the time.
            Duration share = Duration.ofNanos(Math.max(1_000_000, (end - System.nanoTime()) / (targets.size() - i)));
            try {
                AttributeRepository context = AttributeRepository.ofKeyValuePair(ATTEMPT, attempt);
                return client.connect(user, new InetSocketAddress(targets.get(i), host.port()), context, null)
                        .verify(share, CancelOption.CANCEL_ON_TIMEOUT)
                        .getSession();
            } catch (IOException | RuntimeException e) {
                // The library throws the latter too, such as when the dialler was closed meanwhile.
                last = e;
            }
        }
        throw new DialFailure(Reason.UNREACHABLE, "nothing accepts connections there", null, attempt.believed, last);
    }

    /// The key that the server of a session has shown.
    static Optional<HostKey> hostKey(ClientSession session) {
        return Optional.ofNullable(attempt(session).presented.get());
    }

    private static boolean verify(ClientSession session, PublicKey key) {
        HostKey presented = new HostKey(
                KeyUtils.getKeyType(key), KeyUtils.getFingerPrint(BuiltinDigests.sha256, key), PublicKeyEntry.toString(key));
        Attempt attempt = attempt(session);
        attempt.presented.set(presented);
        return attempt.believed.contains(presented.fingerprint());
    }

    private static Attempt attempt(ClientSession session) {
        Attempt attempt = session.getConnectionContext().getAttribute(ATTEMPT);
        if (attempt == null) {
            throw new IllegalStateException("Invalid session: %s (must be one that was dialled here)".formatted(session));
        }
        return attempt;
    }

    @Override
    public void close() {
        try {
            client.close(true).await(CLOSE_PATIENCE);
        } catch (IOException _) {
            // The wait was interrupted; what is left to close goes on by itself.
            Thread.currentThread().interrupt();
        }
    }

    /// One try: what is believed and asked for in it, and what was shown.
    private static final class Attempt {
        private final Set<String> believed;
        private final List<HostKeyFamily> families;
        private final AtomicReference<@Nullable HostKey> presented = new AtomicReference<>();

        Attempt(Set<String> believed, List<HostKeyFamily> families) {
            this.believed = believed;
            this.families = families;
        }

        DialFailure failure(Exception seen) {
            HostKey key = presented.get();
            if (key != null && !believed.contains(key.fingerprint())) {
                Reason reason = believed.isEmpty() ? Reason.HOST_KEY_UNKNOWN : Reason.HOST_KEY_CHANGED;
                return new DialFailure(reason, "its host key is not approved", key, believed, seen);
            }
            // Who shows no approved key has no say in whether we are let in: only that nothing came of it.
            int said = seen instanceof SshException ssh ? ssh.getDisconnectCode() : 0;
            int code = key != null || said == SshConstants.SSH2_DISCONNECT_KEY_EXCHANGE_FAILED ? said : 0;
            return switch (code) {
                case SshConstants.SSH2_DISCONNECT_KEY_EXCHANGE_FAILED ->
                    new DialFailure(Reason.NO_COMMON_ALGORITHM, "there is no algorithm that both sides use", key, believed, seen);
                case SshConstants.SSH2_DISCONNECT_NO_MORE_AUTH_METHODS_AVAILABLE ->
                    new DialFailure(Reason.LOGIN_REFUSED, "the login was refused", key, believed, seen);
                case SshConstants.SSH2_DISCONNECT_TOO_MANY_CONNECTIONS ->
                    new DialFailure(Reason.TAKEN, String.valueOf(seen.getMessage()), key, believed, seen);
                default -> new DialFailure(Reason.SILENT, String.valueOf(seen.getMessage()), key, believed, seen);
            };
        }
    }
}
