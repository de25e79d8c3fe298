package dev.millrace.server.member;

import java.util.Optional;

/// Who asks for something.
///
/// @param memberId the member; empty for a key that belongs to none
/// @param name for the audit log: an e-mail address, a key's name
/// @param role what they may do
/// @param way how they came
/// @param keyId the key that was shown; empty for who came otherwise
public record Actor(Optional<String> memberId, String name, Role role, Way way, Optional<String> keyId) {

    /// Who came without a key.
    public Actor(Optional<String> memberId, String name, Role role, Way way) {
        this(memberId, name, role, way, Optional.empty());
    }

    /// How somebody comes.
    public enum Way {
        API,
        WEB_UI,
        SYSTEM
    }

    /// The server itself.
    public static Actor system() {
        return new Actor(Optional.empty(), "millrace", Role.ADMINISTRATOR, Way.SYSTEM);
    }

    /// The member's id, or the name of who is none; for `created_by`.
    public String id() {
        return memberId.orElse(name);
    }
}
