package dev.millrace.route.agent;

import dev.millrace.core.fault.Fault;
import dev.millrace.core.fault.FaultKind;
import dev.millrace.core.secret.Secret;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.json.JsonMapper;

/// The agents that a gateway knows, in a folder that only its owner can read.
///
/// Each agent has two files: who it is, with its token's hash, which commands write; and what was seen of it, which the gateway writes. So neither
/// overwrites the other. May be used by any thread and by several processes.
///
/// @param folder of the gateway
/// @param clock for stamps
public record AgentRegistry(Path folder, InstantSource clock) {

    private static final JsonMapper JSON =
            JsonMapper.builder().propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE).build();
    private static final SecureRandom RANDOM = new SecureRandom();
    private static final int TOKEN_BYTES = 32;

    /// Who it is.
    record Identity(String id, String displayName, String created, String tokenSha256) {}

    /// What was seen of it.
    record Seen(String version, boolean connected, String lastSeen, long sessions, long bytes) {}

    /// Makes an agent.
    ///
    /// @throws Fault `SETTINGS_INVALID` if another has that name
    public NewAgent create(String displayName) {
        return locked(() -> {
            if (identities().anyMatch(other -> other.displayName().equals(displayName))) {
                throw new Fault(
                        FaultKind.SETTINGS_INVALID,
                        displayName,
                        "There is an agent with the name `%s` already, so none was made.".formatted(displayName),
                        "Choose another name. If its token is lost: `./millrace agents token ID` makes a new one.");
            }
            byte[] random = new byte[4];
            RANDOM.nextBytes(random);
            NewAgent made = new NewAgent("agent_" + HexFormat.of().formatHex(random), newToken());
            Instant now = clock.instant().truncatedTo(ChronoUnit.SECONDS);
            write(identityFile(made.id()), new Identity(made.id(), displayName, now.toString(), hash(made.token())));
            return made;
        });
    }

    /// Gives an agent another token; the old one is refused from now on, and a session that logged in with it is ended.
    ///
    /// @throws Fault `SETTINGS_INVALID` if there is no such agent
    public NewAgent renewToken(String id) {
        return locked(() -> {
            Identity old = find(id).orElseThrow(() -> unknown(id));
            NewAgent renewed = new NewAgent(id, newToken());
            write(identityFile(id), new Identity(id, old.displayName(), old.created(), hash(renewed.token())));
            return renewed;
        });
    }

    /// Forgets an agent; its session is ended.
    ///
    /// @throws Fault `SETTINGS_INVALID` if there is no such agent
    public void remove(String id) {
        locked(() -> {
            if (!knows(id)) {
                throw unknown(id);
            }
            Files.deleteIfExists(identityFile(id));
            Files.deleteIfExists(seenFile(id));
            return true;
        });
    }

    /// All agents, by name.
    public List<AgentRecord> list() {
        try {
            return identities().map(this::withSeen).sorted((a, b) -> a.displayName().compareTo(b.displayName())).toList();
        } catch (IOException e) {
            throw unusable(e);
        }
    }

    /// Whether there is such an agent.
    public boolean knows(String id) {
        return find(id).isPresent();
    }

    /// The hash of the token with which an agent may log in now; empty if that is not its token. Takes as long for a wrong token as for a right one.
    Optional<String> accept(String id, Secret token) {
        byte[] given = hash(token).getBytes(StandardCharsets.US_ASCII);
        Optional<Identity> known = find(id);
        byte[] expected = known.map(Identity::tokenSha256).orElse("0".repeat(64)).getBytes(StandardCharsets.US_ASCII);
        return MessageDigest.isEqual(given, expected) ? known.map(Identity::tokenSha256) : Optional.empty();
    }

    /// Whether the token with this hash is still the agent's.
    boolean isCurrent(String id, String tokenHash) {
        return find(id).filter(identity -> identity.tokenSha256().equals(tokenHash)).isPresent();
    }

    /// What was seen of an agent until now. A file that is damaged counts as nothing seen: it is for people to look at, and must shut out nobody.
    Seen seen(String id) {
        Seen nothing = new Seen("", false, "", 0, 0);
        try {
            Seen seen = JSON.readValue(Files.readString(seenFile(id)), Seen.class);
            return seen == null ? nothing : seen;
        } catch (NoSuchFileException | CharacterCodingException | JacksonException _) {
            return nothing;
        } catch (IOException e) {
            throw unusable(e);
        }
    }

    /// Notes what was seen of an agent; only the gateway does.
    void note(String id, String version, boolean connected, long sessions, long bytes) {
        try {
            if (knows(id)) {
                String now = clock.instant().truncatedTo(ChronoUnit.SECONDS).toString();
                write(seenFile(id), new Seen(version, connected, now, sessions, bytes));
            }
        } catch (IOException e) {
            throw unusable(e);
        }
    }

    private AgentRecord withSeen(Identity identity) {
        Seen seen = seen(identity.id());
        return new AgentRecord(
                identity.id(),
                identity.displayName(),
                Instant.parse(identity.created()),
                Optional.of(seen.version()).filter(version -> !version.isEmpty()),
                seen.connected(),
                Optional.of(seen.lastSeen()).filter(stamp -> !stamp.isEmpty()).map(Instant::parse),
                seen.sessions(),
                seen.bytes());
    }

    private Optional<Identity> find(String id) {
        // The id comes from the network, and becomes a file's name.
        return id.matches("[a-z0-9_-]{1,40}") ? Optional.ofNullable(read(identityFile(id), Identity.class)) : Optional.empty();
    }

    private Stream<Identity> identities() throws IOException {
        Path agents = folder.resolve("agents");
        if (!Files.exists(agents)) {
            return Stream.empty();
        }
        try (Stream<Path> files = Files.list(agents)) {
            List<Path> known = files.filter(file -> file.getFileName().toString().endsWith(".agent.json")).toList();
            return known.stream().flatMap(file -> Optional.ofNullable(read(file, Identity.class)).stream());
        }
    }

    private Path identityFile(String id) {
        return folder.resolve("agents").resolve(id + ".agent.json");
    }

    private Path seenFile(String id) {
        return folder.resolve("agents").resolve(id + ".seen.json");
    }

    private <T> @Nullable T read(Path file, Class<T> kind) {
        try {
            return JSON.readValue(Files.readString(file), kind);
        } catch (NoSuchFileException _) {
            return null;
        } catch (IOException | JacksonException e) {
            throw unusable(e);
        }
    }

    private static void write(Path file, Object content) throws IOException {
        Path fresh = Files.createTempFile(file.toAbsolutePath().getParent(), "new", ".tmp");
        Files.writeString(fresh, JSON.writeValueAsString(content));
        Files.move(fresh, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
    }

    private interface Work<T> {
        T done() throws IOException;
    }

    private <T> T locked(Work<T> work) {
        try {
            makeFolder();
            synchronized (AgentRegistry.class) {
                try (FileChannel channel = FileChannel.open(folder.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                        FileLock _ = channel.lock()) {
                    return work.done();
                }
            }
        } catch (IOException e) {
            throw unusable(e);
        }
    }

    /// Makes the folder, for its owner only, if it does not exist.
    void makeFolder() throws IOException {
        Files.createDirectories(folder.resolve("agents"));
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwx------"));
    }

    private static Secret newToken() {
        byte[] random = new byte[TOKEN_BYTES];
        RANDOM.nextBytes(random);
        return Secret.of(Base64.getUrlEncoder().withoutPadding().encodeToString(random));
    }

    /// A token is as good as random, so its plain hash tells nothing of it.
    private static String hash(Secret token) {
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(token.reveal().getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(hash);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    private static Fault unknown(String id) {
        return new Fault(
                FaultKind.SETTINGS_INVALID,
                id,
                "There is no agent with the id `%s`, so nothing was changed.".formatted(id),
                "`./millrace agents list` shows all.");
    }

    private Fault unusable(Exception cause) {
        return new Fault(
                FaultKind.SPOOL_UNUSABLE,
                folder.toString(),
                "The gateway's folder %s cannot be read or written.".formatted(folder),
                "Check its rights and the disk; it belongs to the user who runs the gateway.",
                cause);
    }
}
