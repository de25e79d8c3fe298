package dev.millrace.route.key;

import dev.millrace.core.fault.Fault;
import dev.millrace.core.fault.FaultKind;
import dev.millrace.route.ssh.TunnelKey;
import dev.millrace.vault.Vault;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.util.Base64;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.apache.sshd.common.NamedResource;
import org.apache.sshd.common.config.keys.FilePasswordProvider;
import org.apache.sshd.common.config.keys.KeyUtils;
import org.apache.sshd.common.config.keys.PublicKeyEntry;
import org.apache.sshd.common.config.keys.writer.openssh.OpenSSHKeyPairResourceWriter;
import org.apache.sshd.common.util.security.SecurityUtils;
import org.jspecify.annotations.Nullable;

/// A folder with one key pair: that of a destination, shared by all connections into it; or that of a gateway.
///
/// Its file `tunnel_key` has the public key, readable, and the private key, sealed and bound to the public one. May be used by any thread and by several
/// processes.
///
/// @param folder made when a key pair is made
/// @param vault asked for when a private key is sealed or opened
/// @param wayOut what a person does if the key pair is lost, a sentence
public record KeyFolder(Path folder, Supplier<Vault> vault, String wayOut) {

    private static final String FILE = "tunnel_key";
    private static final String PLACE = "millrace tunnel key ";

    /// That of a destination.
    public KeyFolder(Path folder, Supplier<Vault> vault) {
        this(folder, vault, "Make a new key pair with `./millrace keys FILE --renew` and install its public key on the tunnel hosts.");
    }

    /// The key pair; made, as Ed25519, if there is none.
    ///
    /// @throws Fault if it cannot be read, opened or made
    public TunnelKey key() {
        return existing().orElseGet(() -> make(KeyType.ED25519, false));
    }

    /// The public key of the key pair as a line of `authorized_keys`, if there is one; the private one is not opened.
    public Optional<String> authorizedKeysLine() {
        return Files.exists(file()) ? Optional.of(lines().getFirst()) : Optional.empty();
    }

    /// Makes a new key pair in place of the old one, if there is one.
    public TunnelKey renew(KeyType type) {
        return make(type, true);
    }

    /// Makes a key pair if there is none.
    public TunnelKey make(KeyType type) {
        return make(type, false);
    }

    private TunnelKey make(KeyType type, boolean replace) {
        try {
            if (!Files.exists(folder)) {
                Files.createDirectories(folder);
                Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwx------"));
            }
            try (FileChannel channel = FileChannel.open(folder.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                    FileLock _ = channel.lock()) {
                if (!replace && Files.exists(file())) {
                    return existing().orElseThrow();
                }
                TunnelKey made = new TunnelKey(KeyUtils.generateKeyPair(type.sshName(), type.bits()), "millrace");
                Path fresh = folder.resolve(FILE + ".new");
                Files.writeString(fresh, made.authorizedKeysLine() + "\n" + sealed(made.pair()) + "\n");
                Files.setPosixFilePermissions(fresh, PosixFilePermissions.fromString("rw-------"));
                Files.move(fresh, file(), StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
                return made;
            }
        } catch (IOException | GeneralSecurityException e) {
            throw unusable("cannot be made or written", e);
        }
    }

    private Optional<TunnelKey> existing() {
        if (!Files.exists(file())) {
            return Optional.empty();
        }
        List<String> lines = lines();
        String line = lines.getFirst();
        byte[] plain;
        try {
            plain = vault.get().open(Base64.getDecoder().decode(lines.get(1)), place(line), "The private key in " + file());
        } catch (Fault fault) {
            throw new Fault(
                    fault.kind(),
                    fault.subject(),
                    fault.description(),
                    fault.remedy() + " If it is lost: " + wayOut,
                    fault);
        } catch (IllegalArgumentException e) {
            throw unusable("is damaged", e);
        }
        try {
            Iterator<KeyPair> pairs = SecurityUtils.loadKeyPairIdentities(
                            null, NamedResource.ofName(FILE), new ByteArrayInputStream(plain), FilePasswordProvider.EMPTY)
                    .iterator();
            return Optional.of(new TunnelKey(pairs.next(), "millrace"));
        } catch (IOException | GeneralSecurityException e) {
            throw unusable("is damaged", e);
        }
    }

    private String sealed(KeyPair pair) throws IOException, GeneralSecurityException {
        ByteArrayOutputStream plain = new ByteArrayOutputStream();
        OpenSSHKeyPairResourceWriter.INSTANCE.writePrivateKey(pair, "", null, plain);
        byte[] sealed = vault.get().seal(plain.toByteArray(), place(PublicKeyEntry.toString(pair.getPublic())));
        return Base64.getEncoder().encodeToString(sealed);
    }

    /// What the private key is bound to: the public key without its comment, so no other private key can be put in its place.
    private static String place(String line) {
        String[] words = line.split(" ");
        return PLACE + words[0] + " " + words[1];
    }

    private List<String> lines() {
        try {
            List<String> lines = Files.readAllLines(file(), StandardCharsets.UTF_8);
            if (lines.size() < 2 || lines.getFirst().split(" ").length < 2) {
                throw unusable("is damaged", null);
            }
            return lines;
        } catch (IOException e) {
            throw unusable("cannot be read", e);
        }
    }

    private Path file() {
        return folder.resolve(FILE);
    }

    private Fault unusable(String how, @Nullable Exception cause) {
        return new Fault(
                FaultKind.SECRET_UNREADABLE,
                file().toString(),
                "The SSH key pair in %s %s.".formatted(file(), how),
                "Check the folder's rights, or restore the file. If it is lost: " + wayOut,
                cause);
    }
}
