package dev.millrace.localpostgres;

/// How a server that is made anew finds out who its users are. Fixed when the data directory is made.
public sealed interface Authentication {

    /// Every user of this machine is believed to be who they say, the superuser included. For nothing that matters.
    record Trust() implements Authentication {}

    /// Every user proves to know a password, by SCRAM-SHA-256.
    ///
    /// @param superuserPassword the password that the superuser `postgres` is given
    record Scram(String superuserPassword) implements Authentication {
        @Override
        public String toString() {
            return "Scram[]";
        }
    }
}
