package dev.millrace.vault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.core.fault.Fault;
import dev.millrace.core.fault.FaultKind;
import dev.millrace.core.secret.Secret;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class VaultTest {

    private static final byte[] SECRET = "a private key".getBytes(StandardCharsets.UTF_8);

    @TempDir
    private Path folder;

    @Test
    void whatIsSealedOpensWithTheSameKeyFile() {
        byte[] sealed = Vault.in(folder.resolve("sub/key")).seal(SECRET, "here");
        assertThat(new String(sealed, StandardCharsets.ISO_8859_1)).doesNotContain("private");
        assertThat(Vault.in(folder.resolve("sub/key")).open(sealed, "here", "It")).isEqualTo(SECRET);
    }

    @Test
    void aKeyFileIsReadableByItsOwnerOnly() throws IOException {
        Path key = folder.resolve("key");
        Vault.in(key);
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(key))).isEqualTo("rw-------");
        Files.setPosixFilePermissions(key, PosixFilePermissions.fromString("rw-r--r--"));
        refused(() -> Vault.in(key), "Others than this user may read");
    }

    @Test
    void anotherKeyAnotherPlaceOrAnAlteredSecretDoNotOpen() {
        Vault vault = Vault.of(Vault.newKey(), "MILLRACE_KEY");
        byte[] sealed = vault.seal(SECRET, "here");
        refused(() -> Vault.of(Vault.newKey(), "MILLRACE_KEY").open(sealed, "here", "It"), "It cannot be opened with the key in MILLRACE_KEY");
        refused(() -> vault.open(sealed, "there", "It"), "cannot be opened");
        sealed[sealed.length - 1] ^= 1;
        refused(() -> vault.open(sealed, "here", "It"), "cannot be opened");
    }

    @Test
    void whatIsNoKeyIsRefusedWithoutBeingRepeated() {
        refused(() -> Vault.of(Secret.of("aHVudGVyMg=="), "MILLRACE_KEY"), "What MILLRACE_KEY holds is no key");
        assertThatThrownBy(() -> Vault.of(Secret.of("hunter2 !"), "MILLRACE_KEY")).message().doesNotContain("hunter2");
    }

    private static void refused(ThrowingCallable call, String words) {
        assertThatThrownBy(call).isInstanceOfSatisfying(Fault.class, fault -> {
            assertThat(fault.kind()).isEqualTo(FaultKind.SECRET_UNREADABLE);
            assertThat(fault).hasMessageContaining(words);
            assertThat(fault.remedy()).isNotEmpty();
        });
    }

    @Test
    void aRenewedKeySealsWhatComesAndOpensWhatWas() throws IOException {
        Path file = folder.resolve("renewed");
        byte[] before = Vault.in(file).seal("old".getBytes(StandardCharsets.UTF_8), "here");
        String key = Files.readString(file);
        Vault renewed = Vault.renew(file);
        assertThat(Files.readString(file)).isNotEqualTo(key);
        assertThat(renewed.open(before, "here", "it")).isEqualTo("old".getBytes(StandardCharsets.UTF_8));
        byte[] after = renewed.seal("new".getBytes(StandardCharsets.UTF_8), "here");
        assertThat(Vault.in(file).open(after, "here", "it")).isEqualTo("new".getBytes(StandardCharsets.UTF_8));
        assertThatThrownBy(() -> Vault.of(Secret.of(key), "the old key").open(after, "here", "it")).isInstanceOf(Fault.class);
    }
}
