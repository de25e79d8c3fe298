package dev.millrace.testkit.ssh;

import dev.millrace.localpostgres.FolderTree;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import dev.millrace.testkit.Eventually;
import org.jspecify.annotations.Nullable;

/// Debian's `sshd` on 127.0.0.1, with a configuration and keys of its own in a temporary folder. Logs in the user who runs the tests.
///
/// Belongs to one thread. Closing it ends it and every session.
public final class OpenSshServer implements AutoCloseable {

    private static final Path SSHD = Path.of("/usr/sbin/sshd");
    private static final Duration START_PATIENCE = Duration.ofSeconds(20);

    private final Path folder;
    private final int port;
    private final List<String> settings;
    private @Nullable Process process;

    private OpenSshServer(Path folder, int port, List<String> settings) {
        this.folder = folder;
        this.port = port;
        this.settings = List.copyOf(settings);
    }

    /// Starts one with an Ed25519 and an RSA host key.
    ///
    /// @param settings further lines of sshd_config, which win over ours
    public static OpenSshServer open(String... settings) {
        if (!Files.isExecutable(SSHD)) {
            throw new IllegalStateException("There is no /usr/sbin/sshd, and these tests need one. Install it: "
                    + "apt-get install -y --no-install-recommends openssh-server");
        }
        try {
            Path folder = Files.createTempDirectory("millrace-test-sshd-");
            OpenSshServer server = new OpenSshServer(folder, freePort(), List.of(settings));
            server.makeHostKey("ed25519");
            server.makeHostKey("rsa");
            Files.writeString(folder.resolve("authorized_keys"), "");
            server.start();
            return server;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// Where it listens.
    public int port() {
        return port;
    }

    /// Who can log in.
    public String user() {
        return System.getProperty("user.name");
    }

    /// Accepts a key, a line of `authorized_keys`, beside those before.
    public void authorize(String line) {
        try {
            Path file = folder.resolve("authorized_keys");
            Files.writeString(file, Files.readString(file) + line + "\n");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// The fingerprint of the host key of a type (`ed25519`, `rsa`), as OpenSSH itself prints it.
    public String fingerprint(String type) {
        return run("ssh-keygen", "-lf", hostKey(type) + ".pub").split(" ")[1];
    }

    /// Makes a key pair as a user would, with `ssh-keygen`; the private key's file, its public half beside it with `.pub`.
    public Path newKeyPair(String type) {
        Path file = folder.resolve("user-" + type + "-" + System.nanoTime());
        run("ssh-keygen", "-q", "-t", type, "-N", "", "-f", file.toString());
        return file;
    }

    /// Gives it other host keys, as a server that was made anew; counts from the next start on.
    public void changeHostKeys() {
        try {
            for (String type : List.of("ed25519", "rsa")) {
                Files.delete(Path.of(hostKey(type)));
                Files.delete(Path.of(hostKey(type) + ".pub"));
                makeHostKey(type);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// Kills the processes that serve sessions; the listener goes on.
    public void killSessions() {
        try (Stream<ProcessHandle> sessions = started().descendants()) {
            sessions.forEach(ProcessHandle::destroyForcibly);
        }
    }

    /// Stops (`STOP`) or continues (`CONT`) the processes that serve sessions: to the other side, a network that swallows everything.
    public void signalSessions(String signal) {
        try (Stream<ProcessHandle> sessions = started().descendants()) {
            sessions.forEach(session -> run("kill", "-" + signal, String.valueOf(session.pid())));
        }
    }

    /// Kills it with all its sessions.
    public void stop() {
        Process running = started();
        killSessions();
        running.destroyForcibly();
        try {
            running.waitFor();
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
        process = null;
    }

    /// Starts it at the same port.
    public void start() {
        try {
            Files.createDirectories(Path.of("/run/sshd"));
        } catch (IOException _) {
            // Only a server that runs as root asks for it, and root can make it.
        }
        List<String> lines = new ArrayList<>(settings);
        lines.addAll(List.of(
                "Port " + port,
                "ListenAddress 127.0.0.1",
                "HostKey " + hostKey("ed25519"),
                "HostKey " + hostKey("rsa"),
                "PidFile none",
                "AuthorizedKeysFile " + folder.resolve("authorized_keys"),
                "StrictModes no",
                "UsePAM no",
                "PasswordAuthentication no",
                "PermitRootLogin prohibit-password",
                "MaxStartups 100"));
        try {
            Path configuration = folder.resolve("sshd_config");
            Files.writeString(configuration, String.join("\n", lines) + "\n");
            process = new ProcessBuilder(SSHD.toString(), "-D", "-e", "-f", configuration.toString())
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.appendTo(folder.resolve("log").toFile()))
                    .start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Eventually.within(START_PATIENCE, "sshd listens: " + folder, () -> {
            try (Socket socket = new Socket()) {
                socket.connect(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), port), 1_000);
                return true;
            }
        });
    }

    /// What it has logged.
    public String log() {
        try {
            return Files.readString(folder.resolve("log"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        if (process != null) {
            stop();
        }
        try {
            FolderTree.delete(folder);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Process started() {
        if (process == null) {
            throw new IllegalStateException("Invalid call: the server is stopped (must run)");
        }
        return process;
    }

    private String hostKey(String type) {
        return folder.resolve("host-" + type).toString();
    }

    private void makeHostKey(String type) throws IOException {
        run("ssh-keygen", "-q", "-t", type, "-N", "", "-f", hostKey(type));
        Files.setPosixFilePermissions(Path.of(hostKey(type)), PosixFilePermissions.fromString("rw-------"));
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.ofLiteral("127.0.0.1"))) {
            return socket.getLocalPort();
        }
    }

    private static String run(String... command) {
        try {
            Process program = new ProcessBuilder(command).redirectErrorStream(true).start();
            String output = new String(program.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
            if (!program.waitFor(1, TimeUnit.MINUTES) || program.exitValue() != 0) {
                throw new IllegalStateException("%s: %s".formatted(String.join(" ", command), output));
            }
            return output;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }
}
