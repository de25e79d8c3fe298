package dev.millrace.route.agent;

import dev.millrace.core.route.Address;
import dev.millrace.core.secret.Secret;
import java.util.Set;

/// What an agent is told where it runs.
///
/// @param gateway that it dials
/// @param gatewayHostKeys fingerprints of the gateway's host key that it believes
/// @param agentId who it is
/// @param token by which it proves that
/// @param allow the only hosts and ports that it connects to
public record AgentConfiguration(Address gateway, Set<String> gatewayHostKeys, String agentId, Secret token, Set<Address> allow) {

    /// Keeps its own copies.
    public AgentConfiguration {
        gatewayHostKeys = Set.copyOf(gatewayHostKeys);
        allow = Set.copyOf(allow);
    }

    /// Whether it may connect to a host; names are the same in any case of letters.
    boolean allows(Address target) {
        return allow.stream().anyMatch(allowed -> allowed.port() == target.port() && allowed.host().equalsIgnoreCase(target.host()));
    }
}
