package dev.millrace.server.group;

import java.time.Instant;
import java.util.Optional;

/// Connections with one destination, which has the same id.
///
/// @param id ours
/// @param name for people
/// @param created when
/// @param createdBy the actor's id
public record Group(String id, String name, Instant created, Optional<String> createdBy) {}
