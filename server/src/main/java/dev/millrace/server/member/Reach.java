package dev.millrace.server.member;

import java.util.Map;
import java.util.Optional;

/// How far what somebody may do reaches: everywhere, or into the groups alone that they were put into.
///
/// @param role what they may do, wherever they reach
/// @param groups what they may do in each of their groups; empty if they reach everywhere
public record Reach(Role role, Optional<Map<String, Role>> groups) {

    /// Keeps its own copy.
    public Reach {
        groups = groups.map(Map::copyOf);
    }

    /// Of somebody. Administrators, programs that belong to nobody, and who is in no group reach everywhere.
    public static Reach of(Actor actor, Members members) {
        Optional<Map<String, Role>> groups = actor.memberId().filter(_ -> actor.role() != Role.ADMINISTRATOR).map(members::rolesInGroups).filter(roles -> !roles.isEmpty());
        return new Reach(actor.role(), groups);
    }

    /// Whether it is everywhere.
    public boolean isWhole() {
        return groups.isEmpty();
    }

    /// Whether a group is within it.
    public boolean sees(String group) {
        return groups.map(some -> some.containsKey(group)).orElse(true);
    }

    /// Whether there is a group in which they may do what a role may.
    public boolean coversSome(Role asked) {
        return role.covers(asked) && groups.map(some -> some.values().stream().anyMatch(there -> there.covers(asked))).orElse(true);
    }

    /// Whether somebody may do in a group what a role may: both their own and that in the group have to cover it.
    public boolean covers(String group, Role asked) {
        return role.covers(asked) && groups.map(some -> Optional.ofNullable(some.get(group)).filter(there -> there.covers(asked)).isPresent()).orElse(true);
    }
}
