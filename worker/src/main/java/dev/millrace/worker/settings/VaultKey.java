package dev.millrace.worker.settings;

import dev.millrace.core.fault.Fault;
import dev.millrace.core.fault.FaultKind;
import dev.millrace.core.secret.Secret;
import dev.millrace.vault.Vault;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// Where the key is that opens what is sealed on this machine's disk.
public sealed interface VaultKey {

    /// The variable with the key itself.
    String VARIABLE = "MILLRACE_KEY";

    /// The variable with the name of the key's file.
    String FILE_VARIABLE = "MILLRACE_KEY_FILE";

    /// The variable with the command that prints the key.
    String COMMAND_VARIABLE = "MILLRACE_KEY_COMMAND";

    /// The vault that it opens.
    ///
    /// @throws dev.millrace.core.fault.Fault if it is no key, or cannot be read or made
    Vault vault();

    /// Given in the environment.
    ///
    /// @param key as a key file holds it
    record Given(Secret key) implements VaultKey {

        @Override
        public Vault vault() {
            return Vault.of(key, VARIABLE);
        }
    }

    /// In a file, which is made when it is first needed.
    ///
    /// @param file the key file
    record InFile(Path file) implements VaultKey {

        @Override
        public Vault vault() {
            return Vault.in(file);
        }
    }

    /// Printed by a command, such as one that has a cloud's key service open it; carried out by `sh`, once for each vault.
    ///
    /// @param command prints what a key file holds on standard output, and nothing else
    record FromCommand(String command) implements VaultKey {

        private static final Duration PATIENCE = Duration.ofSeconds(30);

        @Override
        public Vault vault() {
            try {
                Process process = new ProcessBuilder("sh", "-c", command).redirectError(ProcessBuilder.Redirect.DISCARD).start();
                process.getOutputStream().close();
                CompletableFuture<String> printed = CompletableFuture.supplyAsync(() -> text(process));
                if (!process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
                    process.destroyForcibly();
                    throw failed("did not end within %d seconds".formatted(PATIENCE.toSeconds()), null);
                }
                if (process.exitValue() != 0) {
                    throw failed("ended with exit code %d".formatted(process.exitValue()), null);
                }
                return Vault.of(Secret.of(printed.join()), COMMAND_VARIABLE);
            } catch (IOException e) {
                throw failed("could not be started", e);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw failed("was interrupted", e);
            }
        }

        private static String text(Process process) {
            try (InputStream out = process.getInputStream()) {
                return new String(out.readAllBytes(), StandardCharsets.UTF_8);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        private static Fault failed(String how, @Nullable Exception cause) {
            return new Fault(
                    FaultKind.SECRET_UNREADABLE,
                    COMMAND_VARIABLE,
                    "The command in %s, which is to print the key, %s; so no secret can be opened.".formatted(COMMAND_VARIABLE, how),
                    "Run it by hand as this user and see what it says; it has to print the one line that a key file holds, and nothing else.",
                    cause);
        }
    }

    /// Where the environment says; in this user's home if it says nothing.
    static VaultKey of(Environment environment) {
        return environment.get(VARIABLE)
                .<VaultKey>map(key -> new Given(Secret.of(key)))
                .or(() -> environment.get(COMMAND_VARIABLE).map(FromCommand::new))
                .orElseGet(() -> new InFile(environment.get(FILE_VARIABLE)
                        .map(Path::of)
                        .orElse(home().resolve("key"))));
    }

    /// Where this user's own files of Millrace are.
    static Path home() {
        return Path.of(System.getProperty("user.home"), ".millrace");
    }
}
