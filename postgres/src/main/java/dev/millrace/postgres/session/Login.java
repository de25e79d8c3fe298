package dev.millrace.postgres.session;

import dev.millrace.core.fault.Fault;
import dev.millrace.core.route.Address;
import dev.millrace.core.secret.Secret;

/// How a session proves who it is.
public sealed interface Login {

    /// By a password, or by nothing where the server asks for none, a client's certificate included.
    ///
    /// @param password empty where there is none
    record Password(Secret password) implements Login {}

    /// By a token that a cloud's identity service has given, another one for each session.
    ///
    /// @param tokens makes them
    record Token(Tokens tokens) implements Login {}

    /// Makes tokens; may be used by many threads at the same time.
    @FunctionalInterface
    interface Tokens {

        /// A token of this moment.
        ///
        /// @param server the database's own name and port, whatever is dialled
        /// @throws Fault if there are no credentials to make one with
        Secret token(Address server, String user);
    }

    /// A login by password.
    static Login by(Secret password) {
        return new Password(password);
    }
}
