package dev.millrace.vault;

import com.google.crypto.tink.Aead;
import com.google.crypto.tink.Configuration;
import com.google.crypto.tink.InsecureSecretKeyAccess;
import com.google.crypto.tink.KeysetHandle;
import com.google.crypto.tink.TinkProtoKeysetFormat;
import com.google.crypto.tink.aead.AeadConfig2026;
import com.google.crypto.tink.aead.PredefinedAeadParameters;
import dev.millrace.core.fault.Fault;
import dev.millrace.core.fault.FaultKind;
import dev.millrace.core.secret.Secret;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.util.Base64;
import java.util.Set;

/// Seals secrets for the disk and opens them again, by AES-256-GCM with a key that lies elsewhere.
///
/// Each secret is bound to its place: one that was copied to another place does not open. May be used by any thread.
public final class Vault {

    private static final Configuration AEAD = AeadConfig2026.get();
    private static final Set<PosixFilePermission> OURS_ONLY = PosixFilePermissions.fromString("rw-------");

    private final Aead aead;
    private final String origin;

    private Vault(KeysetHandle keys, String origin) throws GeneralSecurityException {
        this.aead = keys.getPrimitive(AEAD, Aead.class);
        this.origin = origin;
    }

    /// With a key that somebody gives: what a key file holds.
    ///
    /// @param key the line of a key file
    /// @param origin how a person calls the place where it is from, for messages: an environment variable, a file
    /// @throws Fault `SECRET_UNREADABLE` if it is no such key
    public static Vault of(Secret key, String origin) {
        try {
            byte[] keyset = Base64.getDecoder().decode(key.reveal().strip());
            return new Vault(TinkProtoKeysetFormat.parseKeyset(keyset, InsecureSecretKeyAccess.get(), AEAD), origin);
        } catch (GeneralSecurityException | IllegalArgumentException e) {
            throw new Fault(
                    FaultKind.SECRET_UNREADABLE,
                    origin,
                    "What %s holds is no key of Millrace's, so no secret can be opened.".formatted(origin),
                    "Give the one line that the key file has (by default ~/.millrace/key), whole.",
                    e);
        }
    }

    /// With the key in a file, which is made with a new one, readable by this user only, if it does not exist.
    ///
    /// @throws Fault `SECRET_UNREADABLE` if others may read it or it is no key; `SPOOL_UNUSABLE` if it cannot be read or made
    public static Vault in(Path file) {
        try {
            if (!Files.exists(file)) {
                make(file);
            }
            if (!OURS_ONLY.containsAll(Files.getPosixFilePermissions(file))) {
                throw new Fault(
                        FaultKind.SECRET_UNREADABLE,
                        file.toString(),
                        "Others than this user may read the key file %s, so it protects nothing and is not used.".formatted(file),
                        "chmod 600 %s; if somebody may have read it, make a new key and new secrets.".formatted(file));
            }
            return of(Secret.of(Files.readString(file)), file.toString());
        } catch (IOException e) {
            throw new Fault(
                    FaultKind.SPOOL_UNUSABLE,
                    file.toString(),
                    "The key file %s cannot be read or made, so no secret can be sealed or opened.".formatted(file),
                    "Check the rights of its folder, or give the key in MILLRACE_KEY.",
                    e);
        }
    }

    private static void make(Path file) throws IOException {
        Path folder = file.toAbsolutePath().getParent();
        if (folder != null && !Files.exists(folder)) {
            Files.createDirectories(folder);
            Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwx------"));
        }
        Path lock = file.resolveSibling(file.getFileName() + ".lock");
        try (FileChannel channel = FileChannel.open(lock, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                FileLock _ = channel.lock()) {
            if (Files.exists(file)) {
                return;
            }
            Path fresh = file.resolveSibling(file.getFileName() + ".new");
            Files.deleteIfExists(fresh);
            Files.createFile(fresh, PosixFilePermissions.asFileAttribute(OURS_ONLY));
            Files.writeString(fresh, newKey().reveal() + "\n");
            Files.move(fresh, file);
        }
    }

    /// A new key: what a key file holds.
    public static Secret newKey() {
        try {
            KeysetHandle keys = KeysetHandle.generateNew(PredefinedAeadParameters.AES256_GCM, AEAD);
            byte[] keyset = TinkProtoKeysetFormat.serializeKeyset(keys, InsecureSecretKeyAccess.get(), AEAD);
            return Secret.of(Base64.getEncoder().encodeToString(keyset));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /// Adds a new key to the file: what is sealed from now on is sealed with it, and what was sealed before still opens.
    ///
    /// @return with all keys of the file
    /// @throws Fault as [#in], or if the file cannot be written; the old one stays as it was then
    public static Vault renew(Path file) {
        in(file);
        try {
            byte[] keyset = Base64.getDecoder().decode(Files.readString(file).strip());
            KeysetHandle old = TinkProtoKeysetFormat.parseKeyset(keyset, InsecureSecretKeyAccess.get(), AEAD);
            KeysetHandle.Builder all = KeysetHandle.newBuilder();
            for (int i = 0; i < old.size(); i++) {
                all.addEntry(KeysetHandle.importKey(old.getAt(i).getKey()).withFixedId(old.getAt(i).getId()));
            }
            KeysetHandle.Entry newest = KeysetHandle.generateNew(PredefinedAeadParameters.AES256_GCM, AEAD).getAt(0);
            all.addEntry(KeysetHandle.importKey(newest.getKey()).withFixedId(newest.getId()).makePrimary());
            byte[] fresh = TinkProtoKeysetFormat.serializeKeyset(all.build(), InsecureSecretKeyAccess.get(), AEAD);
            Path whole = file.resolveSibling(file.getFileName() + ".new");
            Files.deleteIfExists(whole);
            Files.createFile(whole, PosixFilePermissions.asFileAttribute(OURS_ONLY));
            Files.writeString(whole, Base64.getEncoder().encodeToString(fresh) + "\n");
            Files.move(whole, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            return in(file);
        } catch (IOException e) {
            throw new Fault(
                    FaultKind.SPOOL_UNUSABLE,
                    file.toString(),
                    "The key file %s cannot be written, so its key was not changed.".formatted(file),
                    "Check the rights of its folder.",
                    e);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /// Seals a secret.
    ///
    /// @param place what it is and where it belongs; has to be the same when it is opened
    public byte[] seal(byte[] secret, String place) {
        try {
            return aead.encrypt(secret, place.getBytes(StandardCharsets.UTF_8));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /// Opens a secret; its bytes are the caller's.
    ///
    /// @param place as it was sealed for
    /// @param subject how a person calls it, for messages
    /// @throws Fault `SECRET_UNREADABLE` if it was sealed with another key, for another place, or was altered
    public byte[] open(byte[] sealed, String place, String subject) {
        try {
            return aead.decrypt(sealed, place.getBytes(StandardCharsets.UTF_8));
        } catch (GeneralSecurityException e) {
            throw new Fault(
                    FaultKind.SECRET_UNREADABLE,
                    subject,
                    "%s cannot be opened with the key in %s: it was sealed with another one, or was altered.".formatted(subject, origin),
                    "Give the key that it was sealed with (MILLRACE_KEY, or MILLRACE_KEY_FILE), from a backup if need be.",
                    e);
        }
    }
}
