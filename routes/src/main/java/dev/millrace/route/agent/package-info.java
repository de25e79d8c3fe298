/// Agents: processes in a network that cannot be dialled, which dial out to a gateway and connect to hosts there on its behalf.
///
/// Read [Gateway] and [Agent] first, then [AgentRoute]. An agent is an SSH client and the gateway an SSH server; each session at a database is a
/// `direct-tcpip` channel that the gateway opens and the agent carries out, if its own configuration allows the host.
@NullMarked
package dev.millrace.route.agent;

import org.jspecify.annotations.NullMarked;
