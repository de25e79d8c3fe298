package dev.millrace.route.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.core.fault.Fault;
import dev.millrace.core.fault.FaultKind;
import dev.millrace.core.fault.FaultKind.Retry;
import dev.millrace.core.route.Address;
import dev.millrace.core.secret.Secret;
import dev.millrace.route.pipe.Duplex;
import dev.millrace.route.pipe.NearEnd;
import dev.millrace.route.ssh.SshLimits;
import dev.millrace.testkit.Eventually;
import dev.millrace.testkit.postgres.TestDatabase;
import dev.millrace.testkit.postgres.TestPostgres;
import java.io.ByteArrayOutputStream;
import java.io.FilterInputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.sshd.common.config.keys.KeyUtils;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@SuppressWarnings("NullAway.Init")
@Timeout(120)
class AgentTest {

    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final SshLimits LIMITS = SshLimits.defaults().withKeepAlive(Duration.ofMillis(300));
    private static final Agent.Backoff BACKOFF = new Agent.Backoff(Duration.ofMillis(50), Duration.ofMillis(200));

    private static TestDatabase database;
    private static KeyPair hostKey;

    @TempDir
    private Path folder;

    private final List<String> said = new CopyOnWriteArrayList<>();
    private final List<AutoCloseable> opened = new ArrayList<>();
    private AgentRegistry registry;
    private NewAgent agent;
    private Gateway gateway;
    private GatewayDoor door;

    @BeforeAll
    static void startDatabase() throws GeneralSecurityException {
        database = TestPostgres.latest().newDatabase();
        hostKey = KeyUtils.generateKeyPair("ssh-ed25519", 256);
    }

    @AfterAll
    static void stopDatabase() {
        database.close();
    }

    @BeforeEach
    void startGateway() {
        registry = new AgentRegistry(folder, InstantSource.system());
        agent = registry.create("site");
        gateway = Gateway.open(registry, hostKey, new Address("127.0.0.1", freePort()), LIMITS);
        door = GatewayDoor.open(folder, gateway);
    }

    @AfterEach
    void stop() throws Exception {
        for (AutoCloseable each : opened.reversed()) {
            each.close();
        }
        door.close();
        gateway.close();
    }

    @Test
    void severalSessionsGoThroughAnAgentAndItsUsageIsShown() throws Exception {
        started(agent.token());
        try (AgentRoute route = route(database()); Connection first = session(route); Connection second = session(route)) {
            assertThat(answer(first)).isEqualTo(answer(second)).isEqualTo(database.name());
            assertThat(route.hindrance()).isEmpty();
        }
        Eventually.within(LIMIT, () -> assertThat(registry.list()).singleElement().satisfies(record -> {
            assertThat(record.isConnected(Instant.now())).isTrue();
            assertThat(record.version()).contains("1.2.3");
            assertThat(record.sessions()).isEqualTo(2);
            assertThat(record.bytes()).isGreaterThan(500);
        }));
    }

    @Test
    void anAgentThatIsAbsentIsAFaultThatPasses() {
        try (AgentRoute route = route(database())) {
            assertThatThrownBy(route::dial).isInstanceOfSatisfying(Fault.class, fault -> {
                assertThat(fault.kind()).isEqualTo(FaultKind.AGENT_ABSENT);
                assertThat(fault.kind().retry()).isEqualTo(Retry.SOON);
            });
        }
    }

    @Test
    void anAgentThatNobodyMadeIsAMistakeInTheSettings() {
        try (AgentRoute route = new AgentRoute("agent_none", database(), GatewayDoor.ways(folder))) {
            assertThatThrownBy(route::dial)
                    .isInstanceOfSatisfying(Fault.class, fault -> assertThat(fault.kind()).isEqualTo(FaultKind.SETTINGS_INVALID));
        }
    }

    @Test
    void aHostThatIsNotAllowedIsRefusedAndSaidOnBothSides() {
        started(agent.token());
        Address elsewhere = new Address("127.0.0.1", database.port() + 1);
        try (AgentRoute route = route(elsewhere)) {
            assertThatThrownBy(() -> session(route)).isInstanceOf(SQLException.class);
            assertThat(route.hindrance()).get().satisfies(fault -> {
                assertThat(fault.kind()).isEqualTo(FaultKind.AGENT_REFUSED_HOST);
                assertThat(fault.remedy()).contains(elsewhere.toString());
            });
            assertThat(said).anyMatch(line -> line.contains("Refused to connect to " + elsewhere));
        }
    }

    @Test
    void anAllowedHostThatDoesNotAnswerOrResolveIsTold() {
        Address dead = new Address("127.0.0.1", freePort());
        Address nowhere = new Address("no-such-host.invalid", 5432);
        started(agent.token(), dead, nowhere);
        for (Address target : List.of(dead, nowhere)) {
            try (AgentRoute route = route(target)) {
                assertThatThrownBy(() -> session(route)).isInstanceOf(SQLException.class);
                assertThat(route.hindrance()).get().satisfies(fault -> assertThat(fault.kind()).isEqualTo(FaultKind.HOST_UNREACHABLE));
            }
        }
    }

    @Test
    void aStaleTokenIsRefusedAndEndsASessionThatBeganWithIt() {
        CompletableFuture<Void> run = started(agent.token());
        NewAgent renewed = registry.renewToken(agent.id());
        assertThatThrownBy(run::join).isInstanceOf(CompletionException.class).cause().isInstanceOfSatisfying(Fault.class, fault -> {
            assertThat(fault.kind()).isEqualTo(FaultKind.AGENT_LOGIN_REFUSED);
            assertThat(fault.remedy()).contains("agents token " + agent.id());
        });
        started(renewed.token());
    }

    @Test
    void anAgentThatIsRemovedIsShutOut() {
        CompletableFuture<Void> run = started(agent.token());
        registry.remove(agent.id());
        assertThatThrownBy(run::join).hasCauseInstanceOf(Fault.class);
        assertThat(registry.list()).isEmpty();
    }

    @Test
    void aGatewayWithAnotherKeyThanThePinnedOneDoesNotGetTheToken() {
        String pinned = "SHA256:" + "a".repeat(43);
        Agent other = new Agent(configuration(agent.token(), Set.of(pinned), database()), "1", LIMITS, BACKOFF, said::add);
        opened.add(other);
        assertThatThrownBy(other::run).isInstanceOfSatisfying(Fault.class, fault -> {
            assertThat(fault.kind()).isEqualTo(FaultKind.HOST_KEY_CHANGED);
            assertThat(fault).hasMessageContaining(pinned).hasMessageContaining(gateway.fingerprint());
        });
    }

    @Test
    void aSecondProcessWithTheSameIdWaitsUntilTheFirstIsGone() {
        Agent first = agent(agent.token());
        start(first);
        awaitConnected();
        started(agent.token());
        Eventually.within(LIMIT, () -> assertThat(said).anyMatch(line -> line.contains("Another process is connected as " + agent.id())));
        assertThat(said).filteredOn(line -> line.startsWith("Connected")).hasSize(1);
        first.close();
        Eventually.within(LIMIT, () -> assertThat(said).filteredOn(line -> line.startsWith("Connected")).hasSize(2));
    }

    @Test
    void anAgentThatVanishesIsNamedAndComesBack() throws Exception {
        Agent first = agent(agent.token());
        start(first);
        awaitConnected();
        try (AgentRoute route = route(database())) {
            Connection session = session(route);
            first.close();
            assertThatThrownBy(() -> answer(session)).isInstanceOf(SQLException.class);
            Eventually.within(LIMIT, () -> assertThat(route.hindrance()).get().extracting(Fault::kind).isEqualTo(FaultKind.AGENT_ABSENT));
            started(agent.token());
            try (Connection after = session(route)) {
                assertThat(answer(after)).isEqualTo(database.name());
            }
        }
    }

    @Test
    void aGatewayThatStartsAgainIsDialledAgain() throws Exception {
        started(agent.token());
        int port = gateway.port();
        door.close();
        gateway.close();
        try (AgentRoute route = route(database())) {
            assertThatThrownBy(route::dial)
                    .isInstanceOfSatisfying(Fault.class, fault -> assertThat(fault.remedy()).contains("./millrace gateway"));
            gateway = Gateway.open(registry, hostKey, new Address("127.0.0.1", port), LIMITS);
            door = GatewayDoor.open(folder, gateway);
            awaitConnected();
            try (Connection session = session(route)) {
                assertThat(answer(session)).isEqualTo(database.name());
            }
        }
    }

    @Test
    void anAgentWhoseNetworkSwallowsEverythingIsGivenUpOnBothSides() {
        CountDownLatch frozen = new CountDownLatch(1);
        AtomicBoolean swallows = new AtomicBoolean();
        Address behind = new Address("127.0.0.1", gateway.port());
        try (NearEnd relay = NearEnd.listen(() -> swallowing(Duplex.of(new Socket(behind.host(), behind.port())), swallows, frozen))) {
            AgentConfiguration through = new AgentConfiguration(
                    relay.address(), Set.of(gateway.fingerprint()), agent.id(), agent.token(), Set.of(database()));
            Agent made = new Agent(through, "1", LIMITS, BACKOFF, said::add);
            opened.add(made);
            start(made);
            awaitConnected();
            swallows.set(true);
            Eventually.within(LIMIT, () -> assertThatThrownBy(() -> gateway.check(agent.id())).isInstanceOf(Fault.class));
            Eventually.within(LIMIT, () -> assertThat(said).anyMatch(line -> line.startsWith("The session with the gateway ended")));
            swallows.set(false);
            frozen.countDown();
            awaitConnected();
        }
    }

    private static Duplex swallowing(Duplex way, AtomicBoolean swallows, CountDownLatch frozen) {
        return new Duplex() {
            @Override
            public InputStream in() throws IOException {
                return new FilterInputStream(way.in()) {
                    @Override
                    public int read(byte[] buffer, int offset, int length) throws IOException {
                        int read = super.read(buffer, offset, length);
                        awaitThaw();
                        return read;
                    }
                };
            }

            @Override
            public OutputStream out() throws IOException {
                return new FilterOutputStream(way.out()) {
                    @Override
                    public void write(byte[] buffer, int offset, int length) throws IOException {
                        awaitThaw();
                        out.write(buffer, offset, length);
                    }
                };
            }

            private void awaitThaw() throws IOException {
                try {
                    if (swallows.get()) {
                        frozen.await();
                    }
                } catch (InterruptedException e) {
                    throw new IOException(e);
                }
            }

            @Override
            public void finish() throws IOException {
                way.finish();
            }

            @Override
            public void close() throws IOException {
                way.close();
            }
        };
    }

    @Test
    void anAgentOfWhichTheGatewayCannotReadTriesAgainUntilItCan() throws IOException {
        Path identity = identityFile();
        byte[] whole = Files.readAllBytes(identity);
        Files.writeString(identity, "{");
        CompletableFuture<Void> run = start(agent(agent.token()));
        Eventually.within(LIMIT, () -> assertThat(said).anyMatch(line -> line.contains("the gateway cannot read what it knows of agents")));
        assertThat(run).isNotDone();
        Files.write(identity, whole);
        awaitConnected();
    }

    @Test
    void whatWasSeenOfAnAgentMayBeDamaged() throws IOException {
        Files.writeString(identityFile().resolveSibling(agent.id() + ".seen.json"), "\0\0\0");
        assertThat(registry.list()).singleElement().satisfies(record -> assertThat(record.lastSeen()).isEmpty());
        started(agent.token());
    }

    @Test
    void anAgentWhoseFileIsDamagedMeanwhileIsStillWatched() throws IOException {
        CompletableFuture<Void> run = started(agent.token());
        Path identity = identityFile();
        byte[] whole = Files.readAllBytes(identity);
        PrintStream before = System.err;
        ByteArrayOutputStream logged = new ByteArrayOutputStream();
        System.setErr(new PrintStream(logged, true, StandardCharsets.UTF_8));
        try {
            replace(identity, "{".getBytes(StandardCharsets.UTF_8));
            Eventually.within(LIMIT, () -> assertThat(logged.toString(StandardCharsets.UTF_8)).contains("agent=" + agent.id() + " not-asked="));
        } finally {
            System.setErr(before);
        }
        gateway.check(agent.id());
        replace(identity, whole);
        registry.renewToken(agent.id());
        assertThatThrownBy(run::join).hasCauseInstanceOf(Fault.class);
    }

    @Test
    void aGatewayThatHangsIsToldWithinTheLimitAndHoldsUpNobody() throws Exception {
        door.close();
        try (ServerSocketChannel hanging = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
                AgentRoute route = new AgentRoute(agent.id(), database(), GatewayDoor.ways(folder, Duration.ofMillis(300)))) {
            hanging.bind(UnixDomainSocketAddress.of(folder.resolve("gateway.socket")));
            assertThatThrownBy(route::dial).isInstanceOfSatisfying(Fault.class, fault -> {
                assertThat(fault.kind()).isEqualTo(FaultKind.AGENT_ABSENT);
                assertThat(fault).hasMessageContaining("The gateway does not answer");
            });
        }
        CountDownLatch asked = new CountDownLatch(1);
        CountDownLatch answered = new CountDownLatch(1);
        AgentRoute slow = new AgentRoute(agent.id(), database(), new AgentWays() {
            @Override
            public void check(String agentId) {
                asked.countDown();
                try {
                    answered.await();
                } catch (InterruptedException e) {
                    throw new IllegalStateException(e);
                }
            }

            @Override
            public Duplex open(String agentId, Address target) {
                throw new IllegalStateException("Nothing is dialled.");
            }
        });
        CompletableFuture<Address> dial = CompletableFuture.supplyAsync(slow::dial, task -> Thread.ofPlatform().start(task));
        asked.await();
        slow.close();
        answered.countDown();
        assertThatThrownBy(dial::join).hasCauseInstanceOf(IllegalStateException.class);
    }

    @Test
    void strangersWhoAreTooManyAreTurnedAwayUntilSomeLeave() throws IOException {
        List<Socket> strangers = new ArrayList<>();
        try {
            for (int i = 0; i < Gateway.STRANGERS_MAX; i++) {
                strangers.add(visitor());
                assertThat(strangers.getLast().getInputStream().read()).isEqualTo('S');
            }
            try (Socket tooMany = visitor()) {
                assertThat(greeting(tooMany)).isEqualTo(-1);
            }
            strangers.removeLast().close();
            Eventually.within(LIMIT, () -> {
                try (Socket next = visitor()) {
                    assertThat(greeting(next)).isEqualTo('S');
                }
            });
        } finally {
            for (Socket stranger : strangers) {
                stranger.close();
            }
        }
    }

    private Socket visitor() throws IOException {
        Socket visitor = new Socket("127.0.0.1", gateway.port());
        visitor.setSoTimeout(Math.toIntExact(LIMIT.toMillis()));
        return visitor;
    }

    /// The first byte; -1 if there is none, however the connection ended.
    private static int greeting(Socket visitor) throws IOException {
        try {
            return visitor.getInputStream().read();
        } catch (SocketException _) {
            return -1;
        }
    }

    private Path identityFile() {
        return folder.resolve("agents").resolve(agent.id() + ".agent.json");
    }

    private static void replace(Path file, byte[] content) throws IOException {
        Path fresh = Files.write(file.resolveSibling("replacing.tmp"), content);
        Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    @Test
    void aSecondGatewayWithTheSameFolderIsRefused() {
        assertThatThrownBy(() -> GatewayDoor.open(folder, gateway)).isInstanceOf(Fault.class).hasMessageContaining("Another gateway runs");
    }

    @Test
    void tokensAreKeptAsHashesInAFolderOfTheOwnerOnly() throws IOException {
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(folder))).isEqualTo("rwx------");
        try (var files = Files.walk(folder)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                assertThat(Files.readString(file)).doesNotContain(agent.token().reveal());
            }
        }
        assertThatThrownBy(() -> registry.create("site")).isInstanceOf(Fault.class).hasMessageContaining("already");
    }

    private CompletableFuture<Void> started(Secret token, Address... more) {
        CompletableFuture<Void> run = start(agent(token, more));
        Eventually.within(LIMIT, () -> assertThat(said).anyMatch(line -> line.startsWith("Connected") || line.startsWith("Another")));
        awaitConnected();
        return run;
    }

    private void awaitConnected() {
        Eventually.within(LIMIT, () -> gateway.check(agent.id()));
    }

    private static CompletableFuture<Void> start(Agent each) {
        return CompletableFuture.runAsync(each::run, task -> Thread.ofPlatform().start(task));
    }

    private Agent agent(Secret token, Address... more) {
        List<Address> allowed = new ArrayList<>(List.of(more));
        allowed.add(database());
        Agent made = new Agent(
                configuration(token, Set.of(gateway.fingerprint()), allowed.toArray(Address[]::new)), "1.2.3", LIMITS, BACKOFF, said::add);
        opened.add(made);
        return made;
    }

    private AgentConfiguration configuration(Secret token, Set<String> keys, Address... allowed) {
        return new AgentConfiguration(new Address("127.0.0.1", gateway.port()), keys, agent.id(), token, Set.of(allowed));
    }

    private AgentRoute route(Address target) {
        return new AgentRoute(agent.id(), target, GatewayDoor.ways(folder));
    }

    private static Address database() {
        return new Address(database.host(), database.port());
    }

    private static Connection session(AgentRoute route) throws SQLException {
        return DriverManager.getConnection(
                "jdbc:postgresql://%s/%s?connectTimeout=10&loginTimeout=20".formatted(route.dial(), database.name()),
                database.user(),
                database.password());
    }

    private static String answer(Connection session) throws SQLException {
        try (Statement statement = session.createStatement(); ResultSet rows = statement.executeQuery("SELECT current_database()")) {
            rows.next();
            return rows.getString(1);
        }
    }

    private static int freePort() {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.ofLiteral("127.0.0.1"))) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }
}
