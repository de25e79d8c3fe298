package dev.millrace.server.api;

import dev.millrace.core.secret.Secret;
import dev.millrace.server.member.Actor;
import dev.millrace.server.member.ApiKeys;
import io.javalin.http.Context;
import java.util.Optional;

/// The API key that a request shows, as user and password of Basic authentication.
public final class Credentials {

    private Credentials() {}

    /// Who it stands for; empty if there is none, or it is wrong or expired.
    public static Optional<Actor> actor(Context http, ApiKeys keys) {
        return Optional.ofNullable(http.header("Authorization"))
                .flatMap(_ -> Optional.ofNullable(http.basicAuthCredentials()))
                .flatMap(login -> keys.actor(login.getUsername(), Secret.of(Optional.ofNullable(login.getPassword()).orElse(""))));
    }
}
