package dev.millrace.localpostgres;

import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/// A PostgreSQL server on 127.0.0.1 with a data directory of its own.
///
/// It is started by [#start] and stopped when the JVM ends in an orderly way, Ctrl-C included; what must end before it is named by
/// [#beforeStopAtExit]. After a killed JVM it runs on, and the next `start` with the same data directory takes it over. Its processes
/// are a group of their own, so a terminal's Ctrl-C reaches only the JVM.
///
/// The superuser is `postgres`; encoding UTF-8, locale C, time zone UTC, `wal_level = logical`, `synchronous_commit = on` (without it, what
/// was just committed is not yet in the log that a slot shows), 50 slots, 50 WAL senders, 200 sessions; no Unix sockets.
///
/// Safe for use by several threads; calls wait for each other.
public final class LocalServer implements AutoCloseable {

    private static final Duration START_LIMIT = Duration.ofMinutes(5);
    private static final Duration STOP_LIMIT = Duration.ofMinutes(2);
    private static final Duration PROMOTION_LIMIT = Duration.ofMinutes(1);
    private static final Duration STRAGGLERS_LIMIT = Duration.ofSeconds(15);
    private static final int PORT_CHOICES_MAX = 10;
    private static final int LOG_EXCERPT_BYTES = 2_000;

    private final ServerSettings settings;
    private final DataDirectory data;
    private final ExitHook exitHook = new ExitHook(this::stop);
    private @Nullable OwnerLock lock;
    private int port;
    private long logSizeAtStart;

    /// A server that is not running yet; nothing on disk is touched before [#start].
    public LocalServer(ServerSettings settings) {
        this.settings = settings;
        this.data = new DataDirectory(settings.dataDirectory(), settings.installation());
    }

    /// Has `action` run before the server is stopped because the JVM ends: after earlier actions, on the thread that stops it.
    public void beforeStopAtExit(Runnable action) {
        exitHook.addBefore(action);
    }

    /// Starts the server and returns when it takes sessions; does nothing if this object has already started it and it runs.
    ///
    /// Makes the data directory if there is none. A server that a killed program left running there is taken over if it has the same
    /// settings, and otherwise stopped and started anew. After a crash, PostgreSQL first recovers from its log.
    ///
    /// @throws LocalPostgresException if it cannot be started; nothing that was started is left running
    public synchronized void start() {
        if (lock != null && isRunning()) {
            return;
        }
        try {
            if (lock == null) {
                lock = OwnerLock.take(settings.dataDirectory());
            }
            exitHook.arm();
            bringUp();
        } catch (IOException e) {
            letGo();
            throw new LocalPostgresException("The files of the server in %s cannot be read or written, so it was not started."
                    .formatted(settings.dataDirectory()), "Check the folder's owner and the free space.", e);
        } catch (RuntimeException e) {
            letGo();
            throw e;
        }
    }

    private void bringUp() throws IOException {
        if (!data.exists()) {
            data.make(settings.authentication(), settings.initdbOptions());
        }
        data.requireSameVersion();
        OptionalInt kept = ServerConfiguration.keptPort(settings.dataDirectory());
        port = settings.port() != 0 ? settings.port() : kept.orElseGet(FreePort::choose);
        if (isRunning()) {
            if (configuration().isIn(settings.dataDirectory())) {
                awaitReady();
                return;
            }
            stopServer();
        }
        launch();
        // Another program may take a port between our choice and our start; one that was named or kept is never exchanged.
        boolean mayChoose = settings.port() == 0 && kept.isEmpty();
        for (int choice = 2; !isRunning() && mayChoose && !FreePort.isFree(port) && choice <= PORT_CHOICES_MAX; choice++) {
            port = FreePort.choose();
            launch();
        }
        if (!isRunning()) {
            throw notStarted();
        }
    }

    private ServerConfiguration configuration() {
        return ServerConfiguration.of(settings, port);
    }

    private void launch() throws IOException {
        configuration().writeTo(settings.dataDirectory());
        boolean crashed = Postmaster.leftItsFile(settings.dataDirectory());
        // Processes of a killed server may hold on to its memory for a moment; until they are gone, no other starts.
        long end = System.nanoTime() + (crashed ? STRAGGLERS_LIMIT.toNanos() : 0);
        logSizeAtStart = Files.exists(logFile()) ? Files.size(logFile()) : 0;
        while (!pgCtl(START_LIMIT, "start", "--log=" + logFile())) {
            // One that has not become ready in all that time is not left to become so behind our back.
            postmaster().ifPresent(Postmaster::kill);
            if (System.nanoTime() > end) {
                return;
            }
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(200));
        }
    }

    private LocalPostgresException notStarted() throws IOException {
        if (!FreePort.isFree(port)) {
            return new LocalPostgresException("Port %d on 127.0.0.1, which the server in %s uses, is taken by another program."
                    .formatted(port, settings.dataDirectory()), "End that program, or name another port.");
        }
        return new LocalPostgresException("The server in %s did not start. It logged:%n%s%n"
                .formatted(settings.dataDirectory(), newLog()), "The whole log is %s.".formatted(logFile()));
    }

    private String newLog() throws IOException {
        if (!Files.exists(logFile())) {
            return "(nothing)";
        }
        byte[] all = Files.readAllBytes(logFile());
        int from = (int) Math.max(Math.min(logSizeAtStart, all.length), all.length - LOG_EXCERPT_BYTES);
        return new String(all, from, all.length - from, StandardCharsets.UTF_8).strip();
    }

    private boolean pgCtl(Duration limit, String... arguments) {
        List<String> all = new ArrayList<>(List.of(arguments));
        all.addAll(List.of("--pgdata=" + settings.dataDirectory(), "--wait", "--timeout=" + limit.toSeconds()));
        return settings.installation().program("pg_ctl").run(limit.plusSeconds(10), all).succeeded();
    }

    private void awaitReady() {
        long end = System.nanoTime() + START_LIMIT.toNanos();
        while (!Postmaster.isReady(settings.dataDirectory())) {
            if (!isRunning() || System.nanoTime() > end) {
                throw new LocalPostgresException("The server in %s, left running by another program, did not become ready."
                        .formatted(settings.dataDirectory()), "Its log is %s.".formatted(logFile()));
            }
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
        }
    }

    /// Stops the server in an orderly way: open transactions are rolled back, sessions ended, everything is written to disk. Returns when
    /// it has ended; does nothing if this object has not started it.
    public synchronized void stop() {
        if (lock == null) {
            return;
        }
        try {
            stopServer();
        } finally {
            letGo();
        }
    }

    /// Makes a standby a primary, and returns when it takes writes.
    ///
    /// @throws LocalPostgresException if it is no standby, or does not become a primary
    public synchronized void promote() {
        if (!pgCtl(PROMOTION_LIMIT, "promote")) {
            throw new LocalPostgresException("The server in %s was not promoted.".formatted(settings.dataDirectory()),
                    "Its log is %s.".formatted(logFile()));
        }
    }

    private void stopServer() {
        if (isRunning() && !pgCtl(STOP_LIMIT, "stop", "--mode=fast") && isRunning()) {
            throw new LocalPostgresException("The server in %s has not stopped for %d s."
                    .formatted(settings.dataDirectory(), STOP_LIMIT.toSeconds()), "Its log is %s.".formatted(logFile()));
        }
    }

    /// Kills all processes of the server at once, as `kill -9` does: nothing is written, and the next [#start] recovers from the log.
    /// Returns when they are gone; does nothing if this object has not started it.
    public synchronized void kill() {
        if (lock == null) {
            return;
        }
        try {
            postmaster().ifPresent(Postmaster::kill);
        } finally {
            letGo();
        }
    }

    /// Kills the server that a killed program left running in `dataDirectory`, if there is one; its data stays.
    ///
    /// @throws LocalPostgresException if a living program runs that server
    public static void killAbandoned(Path dataDirectory) {
        if (Postmaster.of(dataDirectory).isEmpty()) {
            return;
        }
        try (OwnerLock _ = OwnerLock.take(dataDirectory)) {
            Postmaster.of(dataDirectory).ifPresent(Postmaster::kill);
        } catch (IOException e) {
            throw new LocalPostgresException("The abandoned server in %s could not be killed.".formatted(dataDirectory),
                    "Check the folder's owner.", e);
        }
    }

    /// Stops and starts the server; sessions are ended, data and port stay.
    public synchronized void restart() {
        stop();
        start();
    }

    /// The same as [#stop].
    @Override
    public void close() {
        stop();
    }

    /// Whether a server runs in the data directory, whoever has started it.
    public boolean isRunning() {
        return postmaster().isPresent();
    }

    private Optional<Postmaster> postmaster() {
        return Postmaster.of(settings.dataDirectory());
    }

    /// The port on 127.0.0.1; the same for the whole life of the data directory unless settings name another.
    ///
    /// @throws IllegalStateException before the first [#start]
    public synchronized int port() {
        if (port == 0) {
            throw new IllegalStateException("The server in " + settings.dataDirectory() + " has not been started yet, so it has no port");
        }
        return port;
    }

    /// The URL for pgjdbc to reach `database`, without user and password; the name is encoded as a URL needs it.
    public String jdbcUrl(String database) {
        String encoded = URLEncoder.encode(database, StandardCharsets.UTF_8).replace("+", "%20");
        return "jdbc:postgresql://127.0.0.1:%d/%s".formatted(port(), encoded);
    }

    /// What the server was given.
    public ServerSettings settings() {
        return settings;
    }

    /// The file to which the server writes its log; statements that failed are in it, with their values.
    public Path logFile() {
        return settings.dataDirectory().resolve("server.log");
    }

    private void letGo() {
        exitHook.disarm();
        OwnerLock held = lock;
        lock = null;
        if (held != null) {
            held.release();
        }
    }
}
