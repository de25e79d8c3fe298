package dev.millrace.route.ssh;

import dev.millrace.core.secret.Secret;
import java.security.KeyPair;

/// How we prove who we are to an SSH server.
public sealed interface Login {

    /// By a key whose public half the server knows.
    ///
    /// @param pair Ed25519, or RSA, which signs with SHA-2 only
    record Key(KeyPair pair) implements Login {}

    /// By a secret that the server knows, once its host key is proven.
    ///
    /// @param secret the token or password
    record Token(Secret secret) implements Login {}
}
