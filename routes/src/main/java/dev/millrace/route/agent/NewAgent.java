package dev.millrace.route.agent;

import dev.millrace.core.secret.Secret;

/// An agent with its token, which is shown this once and kept nowhere.
///
/// @param id by which connections name it
/// @param token by which it logs in
public record NewAgent(String id, Secret token) {}
