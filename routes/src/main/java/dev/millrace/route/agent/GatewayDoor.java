package dev.millrace.route.agent;

import dev.millrace.core.fault.Fault;
import dev.millrace.core.fault.FaultKind;
import dev.millrace.core.route.Address;
import dev.millrace.route.pipe.Duplex;
import dev.millrace.route.pipe.Pause;
import dev.millrace.route.pipe.Pipe;
import dev.millrace.route.ssh.SshLimits;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/// How other processes of this machine reach a gateway: a Unix-domain socket in its folder, which only the folder's owner can enter.
///
/// A connection begins with one line of JSON each way: which agent and host, and whether that is well. Then it is the session with the host.
public final class GatewayDoor implements AutoCloseable {

    private static final JsonMapper JSON = new JsonMapper();
    private static final int LINE_BYTES_MAX = 16 << 10;
    /// How long a gateway may take to answer: a little longer than it waits itself for an agent to open a session.
    private static final Duration ANSWER_LIMIT = SshLimits.defaults().login().plusSeconds(5);

    /// The question.
    ///
    /// @param host null to ask whether the agent is there
    record Question(String agent, @Nullable String host, int port) {}

    /// The answer.
    ///
    /// @param kind of the fault; null if all is well
    record Answer(@Nullable String kind, String subject, String description, String remedy) {}

    private final ServerSocketChannel listener;
    private final Path socket;
    private final AgentWays ways;
    private final Pause pause = new Pause();

    private GatewayDoor(ServerSocketChannel listener, Path socket, AgentWays ways) {
        this.listener = listener;
        this.socket = socket;
        this.ways = ways;
    }

    /// Opens the door of a gateway.
    ///
    /// @param folder of the gateway; must exist
    /// @param ways the gateway; stays the caller's
    /// @throws Fault `SPOOL_UNUSABLE` if another gateway has this folder, or the socket cannot be made
    public static GatewayDoor open(Path folder, AgentWays ways) {
        Path socket = socket(folder);
        try {
            if (isAnswered(socket)) {
                throw unusable(folder, "Another gateway runs with the folder %s, and one at a time can.".formatted(folder), null);
            }
            Files.deleteIfExists(socket);
            ServerSocketChannel listener = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
            listener.bind(UnixDomainSocketAddress.of(socket));
            GatewayDoor door = new GatewayDoor(listener, socket, ways);
            Thread.ofVirtual().name("gateway-door").start(door::accept);
            return door;
        } catch (IOException e) {
            throw unusable(folder, "The gateway's socket %s cannot be made; its path may be too long (about 100 bytes at most).".formatted(socket), e);
        }
    }

    /// The ways of the gateway with this folder, whether or not it runs yet.
    public static AgentWays ways(Path folder) {
        return ways(folder, ANSWER_LIMIT);
    }

    /// The same.
    ///
    /// @param limit how long the gateway may take to answer
    static AgentWays ways(Path folder, Duration limit) {
        return new AgentWays() {
            @Override
            public void check(String agentId) {
                try (Duplex _ = ask(folder, limit, new Question(agentId, null, 0))) {
                    return;
                } catch (IOException e) {
                    throw AgentFaults.noGateway(folder, e);
                }
            }

            @Override
            public Duplex open(String agentId, Address target) {
                try {
                    return ask(folder, limit, new Question(agentId, target.host(), target.port()));
                } catch (IOException e) {
                    throw AgentFaults.noGateway(folder, e);
                }
            }
        };
    }

    private static Duplex ask(Path folder, Duration limit, Question question) throws IOException {
        SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
        Duplex gateway = Duplex.of(channel);
        Watchdog watchdog = Watchdog.over(channel, limit);
        try {
            String line;
            try (watchdog) {
                channel.connect(UnixDomainSocketAddress.of(socket(folder)));
                writeLine(gateway, question);
                line = readLine(gateway.in());
            }
            if (watchdog.hasBitten()) {
                throw AgentFaults.mute(folder, null);
            }
            Answer answer = JSON.readValue(line, Answer.class);
            if (answer.kind() != null) {
                throw new Fault(FaultKind.valueOf(answer.kind()), answer.subject(), answer.description(), answer.remedy());
            }
            return gateway;
        } catch (JacksonException e) {
            gateway.close();
            throw new IOException(e);
        } catch (IOException e) {
            gateway.close();
            if (watchdog.hasBitten()) {
                throw AgentFaults.mute(folder, e);
            }
            throw e;
        } catch (Fault e) {
            gateway.close();
            throw e;
        }
    }

    /// Closes a channel unless it is called off in time: a channel of a Unix-domain socket knows no limit of its own.
    private static final class Watchdog implements AutoCloseable {
        private final CountDownLatch calledOff = new CountDownLatch(1);
        private final AtomicReference<State> state = new AtomicReference<>(State.WATCHES);

        private enum State {
            WATCHES,
            CALLED_OFF,
            BITTEN
        }

        static Watchdog over(SocketChannel channel, Duration limit) {
            Watchdog watchdog = new Watchdog();
            Thread.ofVirtual().name("gateway-watchdog").start(() -> watchdog.watch(channel, limit));
            return watchdog;
        }

        private void watch(SocketChannel channel, Duration limit) {
            try {
                if (!calledOff.await(limit.toNanos(), TimeUnit.NANOSECONDS) && state.compareAndSet(State.WATCHES, State.BITTEN)) {
                    channel.close();
                }
            } catch (IOException | InterruptedException e) {
                // Nobody interrupts it, and what cannot be closed is gone.
                Thread.currentThread().interrupt();
            }
        }

        /// Whether it was too late.
        boolean hasBitten() {
            return state.get() == State.BITTEN;
        }

        /// Calls it off.
        @Override
        public void close() {
            state.compareAndSet(State.WATCHES, State.CALLED_OFF);
            calledOff.countDown();
        }
    }

    private void accept() {
        while (listener.isOpen()) {
            try {
                SocketChannel channel = listener.accept();
                Thread.ofVirtual().name("gateway-visitor").start(() -> serve(channel));
            } catch (IOException _) {
                // The door was closed, or nobody can be let in now, as when no more files may be opened; the loop knows which.
                pause.await();
            }
        }
    }

    private void serve(SocketChannel channel) {
        Duplex visitor = Duplex.of(channel);
        try (visitor) {
            Question question = JSON.readValue(readLine(visitor.in()), Question.class);
            try {
                if (question.host() == null) {
                    ways.check(question.agent());
                    writeLine(visitor, new Answer(null, "", "", ""));
                    return;
                }
                try (Duplex session = ways.open(question.agent(), new Address(question.host(), question.port()))) {
                    writeLine(visitor, new Answer(null, "", "", ""));
                    Pipe.join(visitor, session);
                }
            } catch (Fault fault) {
                writeLine(visitor, new Answer(fault.kind().name(), fault.subject(), fault.description(), fault.remedy()));
            }
        } catch (IOException | JacksonException _) {
            // The visitor left, or does not speak as we do; nobody waits for an answer.
            Thread.onSpinWait();
        }
    }

    private static void writeLine(Duplex to, Object content) throws IOException {
        to.out().write((JSON.writeValueAsString(content) + "\n").getBytes(StandardCharsets.UTF_8));
        to.out().flush();
    }

    /// One line, not a byte more: what comes after it is the session's.
    private static String readLine(InputStream in) throws IOException {
        byte[] line = new byte[LINE_BYTES_MAX];
        for (int length = 0; length < line.length; length++) {
            int next = in.read();
            if (next < 0) {
                throw new IOException("Nothing was said.");
            }
            if (next == '\n') {
                return new String(line, 0, length, StandardCharsets.UTF_8);
            }
            line[length] = (byte) next;
        }
        throw new IOException("A line is too long.");
    }

    private static boolean isAnswered(Path socket) {
        try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            return Files.exists(socket) && channel.connect(UnixDomainSocketAddress.of(socket));
        } catch (IOException _) {
            return false;
        }
    }

    private static Path socket(Path folder) {
        return folder.resolve("gateway.socket");
    }

    private static Fault unusable(Path folder, String message, @Nullable Throwable cause) {
        return new Fault(FaultKind.SPOOL_UNUSABLE, folder.toString(), message, "Stop the other one, or name another folder with --folder.", cause);
    }

    @Override
    public void close() {
        try {
            listener.close();
            pause.end();
            Files.deleteIfExists(socket);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
