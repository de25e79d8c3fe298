package dev.millrace.cli;

import dev.millrace.cli.terminal.Interrupts;
import dev.millrace.core.secret.Secret;
import dev.millrace.server.Server;
import dev.millrace.server.ServerSettings;
import dev.millrace.server.ServerTls;
import dev.millrace.server.run.Backoff;
import dev.millrace.server.telemetry.EventLines;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// `millrace server`: the control plane.
@Command(
        name = "server",
        mixinStandardHelpOptions = true,
        subcommands = {ServerBackupCommand.class, ServerRotateKeyCommand.class},
        description = "Runs connections on their schedules, and serves the REST API and the pages, until Ctrl-C.")
final class ServerCommand implements Callable<Integer> {

    /// The variable with the administrator's key.
    private static final String ADMIN_KEY = "MILLRACE_ADMIN_KEY";

    /// Runs spend most of their time waiting for the source, and one that is continuous never ends.
    private static final int RUNS_AT_LEAST = 16;
    private static final int RUNS_PER_PROCESSOR = 4;

    private final Program program;

    @Mixin
    private final ServerFolder folder = new ServerFolder();

    @Option(names = "--host", defaultValue = "127.0.0.1", description = "The address to listen at (default: 127.0.0.1, this machine only).")
    private String host = "";

    @Option(names = "--port", defaultValue = "8642", description = "The port to listen at (default: 8642).")
    private int port;

    @Option(names = "--tls-certificate", paramLabel = "FILE", description = "The server's certificate in PEM, with those that sign it behind it.")
    private @Nullable Path tlsCertificate;

    @Option(names = "--tls-key", paramLabel = "FILE", description = "Its private key: PKCS#8 in PEM, not encrypted.")
    private @Nullable Path tlsKey;

    @Option(names = "--without-tls", description = "Listen beyond this machine without TLS: behind a proxy that adds it.")
    private boolean withoutTls;

    @Option(names = "--workers", paramLabel = "N", description = "How many runs may go on at the same time (default: 4 a processor, 16 at least). A continuous connection takes one for as long as it runs; memory is divided among them.")
    private @Nullable Integer workers;

    @Option(
            names = "--agents-listen",
            paramLabel = "HOST:PORT",
            description = "Where agents dial, such as 0.0.0.0:7422 (default: the server does not listen for agents).")
    private @Nullable String agents;

    @Option(
            names = "--metadata-schema",
            paramLabel = "NAME",
            defaultValue = "millrace_metadata",
            description = "The schema in each destination for tables about its connections (default: millrace_metadata; `fivetran_metadata` is where "
                    + "models written for the reference product look; `none` for none).")
    private String metadataSchema = "";

    @Mixin
    private final OutputOptions output = new OutputOptions();

    /// Made with the program that it is a command of.
    public ServerCommand(Program program) {
        this.program = program;
    }

    @Override
    public Integer call() throws InterruptedException {
        CountDownLatch stopped = new CountDownLatch(1);
        Interrupts.then(stopped::countDown);
        try (Server server = Server.start(settings(), InstantSource.system())) {
            print(server);
            if (output.json()) {
                new EventLines(server.plane(), program.terminal().out()).begin();
            }
            stopped.await();
        }
        return ExitCode.OK.number();
    }

    private ServerSettings settings() {
        return new ServerSettings(
                folder.home(),
                folder.state(),
                host,
                port,
                name(),
                Optional.ofNullable(workers).orElse(Math.max(RUNS_AT_LEAST, RUNS_PER_PROCESSOR * Runtime.getRuntime().availableProcessors())),
                Backoff.usual(),
                ServerSettings.CALLS_PER_HOUR,
                Optional.of(metadataSchema).filter(schema -> !schema.equals("none")),
                program.environment().get(ADMIN_KEY).map(Secret::of),
                tls(),
                withoutTls,
                Optional.ofNullable(agents).map(text -> ListenAddress.parse("--agents-listen", text)),
                program.environment());
    }

    private Optional<ServerTls> tls() {
        if ((tlsCertificate == null) != (tlsKey == null)) {
            throw SettingsRefused.onCommandLine("Give both --tls-certificate and --tls-key, or neither.");
        }
        return tlsCertificate == null || tlsKey == null ? Optional.empty() : Optional.of(new ServerTls(tlsCertificate, tlsKey));
    }

    private String name() {
        try {
            return "%s:%d".formatted(InetAddress.getLocalHost().getHostName(), ProcessHandle.current().pid());
        } catch (UnknownHostException _) {
            return "millrace:" + ProcessHandle.current().pid();
        }
    }

    private void print(Server server) {
        String address = "%s://%s:%d/".formatted(
                tlsCertificate == null ? "http" : "https", host.contains(":") ? "[" + host + "]" : host, server.port());
        Optional<String> welcome = server.welcome().map(path -> address + path.substring(1));
        if (output.json()) {
            Map<String, Object> event = new LinkedHashMap<>(Map.of("event", "listening", "address", address));
            welcome.ifPresent(link -> event.put("welcome", link));
            program.terminal().out().println(Json.text(event));
            return;
        }
        program.terminal().out().println("Listening at %s (Ctrl-C ends it; what runs is taken up by the next start)".formatted(address));
        welcome.ifPresent(link -> program.terminal().out().println("Nobody can log in yet. Make yourself the administrator, by this link and no other:\n  " + link));
    }
}
