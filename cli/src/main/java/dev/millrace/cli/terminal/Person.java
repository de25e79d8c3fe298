package dev.millrace.cli.terminal;

import dev.millrace.core.secret.Secret;
import java.io.Console;
import java.util.Optional;

/// Whoever sits at the terminal, if anybody does.
public interface Person {

    /// Asks for a secret, which is not shown as it is typed; empty if nobody answers.
    Optional<Secret> secret(String question);

    /// Asks for yes or no; empty if nobody answers.
    Optional<Boolean> agrees(String question);

    /// Nobody.
    static Person nobody() {
        return new Person() {
            @Override
            public Optional<Secret> secret(String question) {
                return Optional.empty();
            }

            @Override
            public Optional<Boolean> agrees(String question) {
                return Optional.empty();
            }
        };
    }

    /// Whoever sits at this process's own.
    static Person atConsole() {
        Console console = System.console();
        if (console == null || !console.isTerminal()) {
            return nobody();
        }
        return new Person() {
            @Override
            public Optional<Secret> secret(String question) {
                return Optional.ofNullable(console.readPassword("%s ", question)).map(String::new).map(Secret::of);
            }

            @Override
            public Optional<Boolean> agrees(String question) {
                return Optional.ofNullable(console.readLine("%s [y/N] ", question)).map(answer -> answer.strip().matches("(?i)y(es)?"));
            }
        };
    }
}
