package dev.millrace.worker.settings;

import java.util.Optional;

/// How the user proves who they are, by the names that the reference product gives the ways.
public sealed interface AuthMethod {

    /// By the password in the settings, or by nothing where there is none.
    record Password() implements AuthMethod {}

    /// By the client's certificate.
    record ClientCertificate() implements AuthMethod {}

    /// By a token of AWS's identity service, made for each session.
    ///
    /// @param region empty to tell it from the host's name
    record AwsIam(Optional<String> region) implements AuthMethod {}
}
