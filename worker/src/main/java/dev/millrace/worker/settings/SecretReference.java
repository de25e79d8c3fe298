package dev.millrace.worker.settings;

import dev.millrace.core.secret.Secret;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// Reads secrets that a command line refers to, as settings do: `${env:NAME}` and `${file:PATH}`.
///
/// @param environment the variables
/// @param directory what relative paths are relative to
public record SecretReference(Environment environment, Path directory) {

    /// What came of it.
    ///
    /// @param secret what the reference stands for; of no meaning if there are problems
    /// @param problems why it cannot be read, as sentences
    public record Read(Secret secret, List<String> problems) {

        /// Keeps its own copy of the list.
        public Read {
            problems = List.copyOf(problems);
        }
    }

    /// The secret. One that is written out is a problem: command lines can be seen by others.
    public Read read(String text) {
        List<String> problems = new ArrayList<>();
        if (!References.isIn(text)) {
            problems.add("Others on this machine can read a command line. Write `${env:NAME}` or `${file:PATH}`, in single quotes.");
        }
        String resolved = new References(environment, directory).resolve(text, problems::add);
        return new Read(Secret.of(resolved), problems);
    }
}
