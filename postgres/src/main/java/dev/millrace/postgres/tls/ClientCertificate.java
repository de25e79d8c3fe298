package dev.millrace.postgres.tls;

import dev.millrace.core.secret.Secret;

/// What a login by certificate shows to the server.
///
/// @param chain the certificate, and those between it and the server's authority behind it; PEM
/// @param key its private key, PKCS#8 in PEM, not encrypted
public record ClientCertificate(String chain, Secret key) {}
