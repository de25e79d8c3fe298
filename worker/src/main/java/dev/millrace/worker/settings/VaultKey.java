package dev.millrace.worker.settings;

import dev.millrace.core.secret.Secret;
import dev.millrace.vault.Vault;
import java.nio.file.Path;

/// Where the key is that opens what is sealed on this machine's disk.
public sealed interface VaultKey {

    /// The variable with the key itself.
    String VARIABLE = "MILLRACE_KEY";

    /// The variable with the name of the key's file.
    String FILE_VARIABLE = "MILLRACE_KEY_FILE";

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

    /// Where the environment says; in this user's home if it says nothing.
    static VaultKey of(Environment environment) {
        return environment.get(VARIABLE)
                .<VaultKey>map(key -> new Given(Secret.of(key)))
                .orElseGet(() -> new InFile(environment.get(FILE_VARIABLE)
                        .map(Path::of)
                        .orElse(home().resolve("key"))));
    }

    /// Where this user's own files of Millrace are.
    static Path home() {
        return Path.of(System.getProperty("user.home"), ".millrace");
    }
}
