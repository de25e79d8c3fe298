package dev.millrace.worker.settings;

import java.util.Optional;

/// The variables that `${env:NAME}` speaks of.
@FunctionalInterface
public interface Environment {

    /// The variable's value; empty if it is not set.
    Optional<String> get(String name);

    /// This process's own.
    static Environment ofProcess() {
        return name -> Optional.ofNullable(System.getenv(name));
    }
}
