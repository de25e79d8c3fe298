package dev.millrace.server.member;

import java.time.Instant;
import java.util.Optional;

/// Somebody who may log in.
///
/// @param id ours
/// @param email by which they log in
/// @param givenName their name
/// @param familyName their name
/// @param role what they may do
/// @param active whether they may log in now
/// @param created when
/// @param loggedIn when last
public record Member(
        String id, String email, String givenName, String familyName, Role role, boolean active, Instant created, Optional<Instant> loggedIn) {

    /// As somebody who asks for something.
    public Actor actor(Actor.Way way) {
        return new Actor(Optional.of(id), email, role, way);
    }
}
