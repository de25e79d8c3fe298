package dev.millrace.route.agent;

import dev.millrace.core.fault.Fault;
import dev.millrace.core.route.Address;
import dev.millrace.route.pipe.Duplex;

/// Ways through agents: had from a gateway in this process, or from one in another process of this machine. May be used by any thread.
public interface AgentWays {

    /// Returns if the agent is connected.
    ///
    /// @throws Fault `AGENT_ABSENT` if it, or the gateway, is not there
    void check(String agentId);

    /// A session with a host, which the agent connects to; to be closed by the caller.
    ///
    /// @throws Fault `AGENT_ABSENT`, `AGENT_REFUSED_HOST`, or `HOST_UNREACHABLE` if the agent cannot reach the host
    Duplex open(String agentId, Address target);
}
