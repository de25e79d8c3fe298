package dev.millrace.server;

import dev.millrace.core.fault.Fault;
import dev.millrace.core.fault.FaultKind;
import dev.millrace.core.secret.Secret;
import dev.millrace.destination.duckdb.DuckBudget;
import dev.millrace.server.agent.ProxyAgents;
import dev.millrace.server.api.RateLimit;
import dev.millrace.server.api.RestApi;
import dev.millrace.server.audit.AuditLog;
import dev.millrace.server.check.Examinations;
import dev.millrace.server.connection.Connections;
import dev.millrace.server.connection.MemoryShare;
import dev.millrace.server.connection.RunOrders;
import dev.millrace.server.destination.Destinations;
import dev.millrace.server.group.Groups;
import dev.millrace.server.member.ApiKeys;
import dev.millrace.server.member.Members;
import dev.millrace.server.platform.PlatformTables;
import dev.millrace.server.run.ChangeLog;
import dev.millrace.server.run.Conductor;
import dev.millrace.server.run.RunLog;
import dev.millrace.server.run.Runs;
import dev.millrace.server.schema.SchemaConfig;
import dev.millrace.server.setup.ConnectionSetup;
import dev.millrace.server.setup.DestinationSetup;
import dev.millrace.server.state.State;
import dev.millrace.server.telemetry.Metrics;
import dev.millrace.server.telemetry.SlotWatch;
import dev.millrace.server.telemetry.TelemetryRoutes;
import dev.millrace.server.usage.Usage;
import dev.millrace.server.web.WebPages;
import dev.millrace.server.webhook.WebhookSender;
import dev.millrace.server.webhook.WebhookSetup;
import dev.millrace.server.webhook.Webhooks;
import dev.millrace.vault.Vault;
import dev.millrace.worker.settings.Environment;
import dev.millrace.worker.settings.VaultKey;
import io.javalin.Javalin;
import io.javalin.util.JavalinBindException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.stream.Stream;
import org.eclipse.jetty.http.UriCompliance;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.SecureRequestCustomizer;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.server.SslConnectionFactory;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A control plane that runs: its parts are put together here, started in order, and ended in the other order.
public final class Server implements AutoCloseable {

    private static final UriCompliance ANY_NAME =
            UriCompliance.DEFAULT.with("any name", UriCompliance.Violation.AMBIGUOUS_PATH_SEPARATOR, UriCompliance.Violation.AMBIGUOUS_PATH_ENCODING);

    private static final Logger LOG = LoggerFactory.getLogger(Server.class);

    private final ServerSettings settings;
    private final Deque<AutoCloseable> open = new ArrayDeque<>();
    private final ControlPlane plane;
    private final WebPages pages;
    private final Javalin web;

    private Server(ServerSettings settings, InstantSource clock) {
        this.settings = settings;
        try {
            requireProtection();
            makeHome();
            open.push(ServerLock.take(settings.home()));
            Environment environment = name -> settings.environment().get(name).or(() -> keyFile(name));
            Vault vault = VaultKey.of(environment).vault();
            State state = State.open(settings.state());
            open.push(state);
            this.plane = plane(state, environment, vault, clock);
            settings.adminKey().ifPresent(this::allow);
            plane.agents().open().ifPresent(open::push);
            open.push(plane.webhooks().sender());
            settings.metadataSchema().ifPresent(schema -> open.push(new PlatformTables(plane, schema)));
            requireSomebodyWhoMayComeIn();
            SlotWatch slots = new SlotWatch(plane);
            open.push(slots);
            Metrics metrics = new Metrics(plane, slots);
            open.push(metrics);
            open.push(plane.conductor());
            this.pages = new WebPages(plane, clock);
            this.web = web(clock, metrics);
            open.push(this::stopWeb);
            open.push(pages);
            listen();
            plane.webhooks().sender().start();
            plane.conductor().start();
        } catch (RuntimeException e) {
            close();
            throw e;
        }
    }

    /// Starts one.
    ///
    /// @throws Fault if its folder or state cannot be used, another server is at work there, or its port is taken
    public static Server start(ServerSettings settings, InstantSource clock) {
        return new Server(settings, clock);
    }

    private void makeHome() {
        try {
            Files.createDirectories(settings.home().folder(), PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
            Files.createDirectories(settings.home().destinations());
        } catch (IOException e) {
            throw new Fault(
                    FaultKind.STATE_UNUSABLE,
                    settings.home().folder().toString(),
                    "The server's folder %s cannot be made or written.".formatted(settings.home().folder()),
                    "Give this user the right, or name another one: --home.",
                    e);
        }
    }

    /// The key lies in the server's folder where the environment names no other place.
    private Optional<String> keyFile(String name) {
        boolean asked = name.equals(VaultKey.FILE_VARIABLE)
                && Stream.of(VaultKey.VARIABLE, VaultKey.COMMAND_VARIABLE).noneMatch(other -> settings.environment().get(other).isPresent());
        return asked ? Optional.of(settings.home().key().toString()) : Optional.empty();
    }

    private ControlPlane plane(State state, Environment environment, Vault vault, InstantSource clock) {
        Connections connections = new Connections(state, clock);
        Destinations destinations = new Destinations(state);
        Groups groups = new Groups(state, clock);
        MemoryShare share = MemoryShare.ofProcess(settings.workers());
        DuckBudget.set(share.databases());
        RunOrders orders = new RunOrders(settings.home(), environment, vault, connections, destinations, share);
        Runs runs = new Runs(state, clock);
        RunLog log = new RunLog(state, clock);
        Usage usage = new Usage(state, clock);
        AuditLog audit = new AuditLog(state, clock);
        new ChangeLog(log, connections).follow(audit);
        Webhooks webhooks = new Webhooks(state, clock);
        Conductor conductor = new Conductor(state, settings.name(), connections, orders, runs, log, usage, settings.backoff(), settings.workers());
        Examinations examinations = new Examinations(orders, connections, runs);
        ProxyAgents agents = ProxyAgents.of(settings.home(), vault, settings.agents(), clock);
        return new ControlPlane(
                settings.home(),
                state,
                new Members(state, clock),
                new ApiKeys(state, clock),
                groups,
                destinations,
                connections,
                orders,
                runs,
                log,
                usage,
                conductor,
                examinations,
                new ConnectionSetup(groups, destinations, connections, orders, examinations, conductor, runs, agents, audit),
                new DestinationSetup(groups, destinations, connections, orders, conductor, audit),
                new SchemaConfig(state, orders, connections, conductor, log, audit),
                new WebhookSetup(webhooks, new WebhookSender(webhooks, connections, log, audit, vault), vault, audit),
                agents,
                audit);
    }

    private void allow(Secret keyAndSecret) {
        String text = keyAndSecret.reveal();
        int colon = text.indexOf(':');
        if (colon < 1 || text.length() - colon - 1 < 16) {
            throw new Fault(
                    FaultKind.SETTINGS_INVALID,
                    "admin key",
                    "The administrator's key is not `KEY:SECRET` with a secret of 16 characters or more, so nobody was let in by it.",
                    "Make one: `openssl rand -hex 24`.");
        }
        plane.keys().allow(text.substring(0, colon), Secret.of(text.substring(colon + 1)));
    }

    private Javalin web(InstantSource clock, Metrics metrics) {
        return Javalin.create(config -> {
            config.startup.showJavalinBanner = false;
            config.startup.showOldJavalinVersionWarning = false;
            config.concurrency.useVirtualThreads = true;
            config.http.maxRequestSize = RestApi.LARGEST_BODY;
            config.router.ignoreTrailingSlashes = true;
            // A slash in a table's name comes as %2F and a percent sign as %25; both are parts of the name.
            config.jetty.modifyHttpConfiguration(http -> http.setUriCompliance(ANY_NAME));
            config.jetty.modifyServletContextHandler(handler -> handler.getServletHandler().setDecodeAmbiguousURIs(true));
            settings.tls().ifPresent(tls -> config.jetty.addConnector((server, http) -> connector(server, http, tls)));
            new TelemetryRoutes(plane, metrics).addTo(config);
            RestApi api = new RestApi(plane, new RateLimit(settings.callsPerHour(), clock));
            api.addTo(config);
            pages.addTo(config, api);
        });
    }

    private ServerConnector connector(org.eclipse.jetty.server.Server server, HttpConfiguration http, ServerTls tls) {
        HttpConfiguration secure = new HttpConfiguration(http);
        SecureRequestCustomizer customizer = new SecureRequestCustomizer();
        customizer.setSniHostCheck(false);
        secure.addCustomizer(customizer);
        ServerConnector connector = new ServerConnector(server, new SslConnectionFactory(tls.context(), "http/1.1"), new HttpConnectionFactory(secure));
        connector.setHost(settings.host());
        connector.setPort(settings.port());
        return connector;
    }

    private boolean isOfThisMachineOnly() {
        try {
            return InetAddress.getByName(settings.host()).isLoopbackAddress();
        } catch (UnknownHostException _) {
            return false;
        }
    }

    private void requireProtection() {
        if (!isOfThisMachineOnly() && settings.tls().isEmpty() && !settings.openWithoutTls()) {
            throw new Fault(
                    FaultKind.SETTINGS_INVALID,
                    settings.host(),
                    "Listening at %s without TLS would send passwords and keys over the network for everybody to read, so the server did not start."
                            .formatted(settings.host()),
                    "Give --tls-certificate and --tls-key; or, behind a proxy that adds TLS, --without-tls.");
        }
    }

    private void requireSomebodyWhoMayComeIn() {
        if (!isOfThisMachineOnly() && plane.keys().isEmpty() && plane.members().all().isEmpty()) {
            throw new Fault(
                    FaultKind.SETTINGS_INVALID,
                    settings.host(),
                    "Nobody may come in yet, and whoever finds the server first at %s would become its administrator, so it did not start.".formatted(settings.host()),
                    "Set MILLRACE_ADMIN_KEY=KEY:SECRET; or start it once on this machine only, and make the administrator there.");
        }
    }

    private void listen() {
        try {
            web.start(settings.host(), settings.port());
        } catch (JavalinBindException e) {
            throw new Fault(
                    FaultKind.STATE_UNUSABLE,
                    settings.host() + ":" + settings.port(),
                    "Port %d of %s is taken or may not be used, so the server did not start.".formatted(settings.port(), settings.host()),
                    "Name another one: --port.",
                    e);
        }
        LOG.info("server={} listening={}:{}", settings.name(), settings.host(), web.port());
    }

    private void stopWeb() {
        web.stop();
    }

    /// The port that it listens at.
    public int port() {
        return web.port();
    }

    /// Where the first administrator comes in; empty once there is a member.
    public Optional<String> welcome() {
        return pages.welcome().path();
    }

    /// Its parts.
    public ControlPlane plane() {
        return plane;
    }

    /// Stops every run at a safe point, and ends.
    @Override
    public void close() {
        while (!open.isEmpty()) {
            try {
                open.pop().close();
            } catch (Exception e) {
                LOG.warn("closing=failed", e);
            }
        }
    }
}
