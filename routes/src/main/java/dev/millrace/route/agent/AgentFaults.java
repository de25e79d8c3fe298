package dev.millrace.route.agent;

import dev.millrace.core.fault.Fault;
import dev.millrace.core.fault.FaultKind;
import dev.millrace.core.route.Address;
import dev.millrace.route.ssh.ChannelRefusal;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/// What hinders a way through an agent, and what a person can do about each.
final class AgentFaults {

    private AgentFaults() {}

    static Fault absent(String agentId) {
        return new Fault(
                FaultKind.AGENT_ABSENT,
                agentId,
                "The agent `%s` is not connected, so there is no way to hosts in its network.".formatted(agentId),
                "See that `./millrace agent` runs there and what it prints; it dials again by itself. `./millrace agents list` shows when it was last seen.");
    }

    static Fault unknown(String agentId) {
        return new Fault(
                FaultKind.SETTINGS_INVALID,
                agentId,
                "The gateway knows no agent `%s`.".formatted(agentId),
                "Correct `source.proxy_agent_id`; `./millrace agents list` shows all. Or make one with `./millrace agents create NAME`.");
    }

    static Fault refused(String agentId, Address target, ChannelRefusal refused) {
        if (refused.isProhibited()) {
            return new Fault(
                    FaultKind.AGENT_REFUSED_HOST,
                    target.toString(),
                    "The agent `%s` is not allowed by its own configuration to connect to %s.".formatted(agentId, target),
                    "Add `%s` to `allow` in the agent's configuration, written as `source.host` and `source.port` have it, and start the agent again."
                            .formatted(target),
                    refused.cause());
        }
        return silent(agentId, target, refused.cause());
    }

    static Fault silent(String agentId, Address target, Throwable cause) {
        return new Fault(
                FaultKind.HOST_UNREACHABLE,
                target.toString(),
                "The agent `%s` cannot connect to %s: from there it does not resolve or does not answer.".formatted(agentId, target),
                "Check `source.host` and `source.port` as the agent sees them (`nc -vz %s %d` there), that the database runs, and firewalls between."
                        .formatted(target.host(), target.port()),
                cause);
    }

    static Fault mute(Path folder, @Nullable Throwable cause) {
        return new Fault(
                FaultKind.AGENT_ABSENT,
                folder.toString(),
                "The gateway does not answer: the one with the folder %s runs, and says nothing in time.".formatted(folder),
                "See whether its process was stopped (`ps` shows the state T) or the machine is overloaded; if it hangs, end it and start `./millrace gateway` again.",
                cause);
    }

    static Fault noGateway(Path folder, Throwable cause) {
        return new Fault(
                FaultKind.AGENT_ABSENT,
                folder.toString(),
                "No gateway runs on this machine with the folder %s, so no agent can be reached.".formatted(folder),
                "Start it: `./millrace gateway --folder %s`, as the same user. Agents dial it by themselves.".formatted(folder),
                cause);
    }
}
