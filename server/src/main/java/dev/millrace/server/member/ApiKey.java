package dev.millrace.server.member;

import java.time.Instant;
import java.util.Optional;
import tools.jackson.databind.node.ArrayNode;

/// By what programs come in. Its secret is shown once, when it is made.
///
/// @param id what is given as the user of Basic authentication
/// @param kind whose it is
/// @param memberId whose it is, of a member's own
/// @param name for people
/// @param role what it may do; of a member's own, never more than the member
/// @param permissions as they were asked for, of a system key
/// @param created when
/// @param expires when it is of no use any more
/// @param used when last
public record ApiKey(
        String id,
        Kind kind,
        Optional<String> memberId,
        String name,
        Role role,
        ArrayNode permissions,
        Instant created,
        Optional<Instant> expires,
        Optional<Instant> used) {

    /// Whose a key is.
    public enum Kind {
        /// A member's own.
        MEMBER,
        /// A program's.
        SYSTEM
    }
}
