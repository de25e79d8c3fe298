package dev.millrace.server.agent;

import dev.millrace.core.route.Address;
import dev.millrace.route.agent.AgentRecord;
import dev.millrace.route.agent.AgentRegistry;
import dev.millrace.route.agent.Gateway;
import dev.millrace.route.agent.GatewayDoor;
import dev.millrace.route.agent.NewAgent;
import dev.millrace.route.key.KeyFolder;
import dev.millrace.route.ssh.SshLimits;
import dev.millrace.server.Home;
import dev.millrace.server.Refusal;
import dev.millrace.vault.Vault;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;

/// The agents that the server lets in, and the gateway in its process that they dial.
///
/// @param registry of the agents
/// @param hostKey by which agents know the gateway
/// @param listen where they dial; empty if this server has no gateway
public record ProxyAgents(AgentRegistry registry, KeyFolder hostKey, Optional<Address> listen) {

    private static final int LONGEST_NAME = 100;

    /// Those of a server.
    public static ProxyAgents of(Home home, Vault vault, Optional<Address> listen, InstantSource clock) {
        KeyFolder hostKey = new KeyFolder(
                home.gateway().resolve("host"), () -> vault, "Delete the folder to have a new one made, and put its fingerprint into each agent's configuration.");
        return new ProxyAgents(new AgentRegistry(home.gateway(), clock), hostKey, listen);
    }

    /// A gateway that listens, with the door by which runs reach it.
    private record Open(Gateway gateway, GatewayDoor door) implements AutoCloseable {

        @Override
        public void close() {
            door.close();
            gateway.close();
        }
    }

    /// Begins to listen for agents, if that was asked for.
    ///
    /// @throws dev.millrace.core.fault.Fault if it cannot
    public Optional<AutoCloseable> open() {
        return listen.map(address -> {
            Gateway gateway = Gateway.open(registry, hostKey.key().pair(), address, SshLimits.defaults());
            try {
                return new Open(gateway, GatewayDoor.open(registry.folder(), gateway));
            } catch (RuntimeException e) {
                gateway.close();
                throw e;
            }
        });
    }

    /// All, by name.
    public List<AgentRecord> all() {
        return registry.list();
    }

    /// By id.
    ///
    /// @throws Refusal if there is none
    public AgentRecord find(String id) {
        return registry.list().stream()
                .filter(agent -> agent.id().equals(id))
                .findFirst()
                .orElseThrow(() -> Refusal.missing("Proxy", "There is no proxy agent with id '%s'.".formatted(id)));
    }

    /// Makes one.
    ///
    /// @throws Refusal if another has that name, or agents have nowhere to dial
    public NewAgent create(String name) {
        requireListening();
        if (name.length() > LONGEST_NAME) {
            throw Refusal.invalid("`display_name` must be of %d characters at most.".formatted(LONGEST_NAME));
        }
        if (registry.list().stream().anyMatch(agent -> agent.displayName().equals(name))) {
            throw Refusal.conflict("There is a proxy agent '%s' already. Choose another name.".formatted(name));
        }
        return registry.create(name);
    }

    /// Gives one another token; the old one is refused from now on.
    public NewAgent renew(String id) {
        requireListening();
        return registry.renewToken(find(id).id());
    }

    /// Where agents dial: where a request came to, if the gateway listens at every address.
    ///
    /// @param asked host and port, as the request's `Host` has them
    public Address dialled(String asked) {
        Address address = listen.orElseThrow();
        boolean everywhere = address.host().equals("0.0.0.0") || address.host().equals("::");
        return everywhere ? new Address(asked.replaceFirst(":\\d+$", ""), address.port()) : address;
    }

    /// The agent's own configuration file, ready but for the hosts that it may reach.
    ///
    /// @param gateway that it dials
    public String configuration(NewAgent agent, Address gateway) {
        return """
                gateway: "%s"
                gateway_host_key: %s
                agent_id: %s
                token: %s
                allow:
                  - db.internal:5432
                """.formatted(gateway, hostKey.key().fingerprint(), agent.id(), agent.token().reveal());
    }

    private void requireListening() {
        if (listen.isEmpty()) {
            throw Refusal.conflict("This server does not listen for agents. Start it with --agents-listen HOST:PORT.");
        }
    }

    /// Whether one is there now.
    public boolean isConnected(AgentRecord agent) {
        Instant now = registry.clock().instant();
        return agent.isConnected(now);
    }
}
