/// Agents in networks that cannot be dialled from here, and the gateway that they dial.
///
/// Read [ProxyAgents]; the work is done by `route.agent`.
@NullMarked
package dev.millrace.server.agent;

import org.jspecify.annotations.NullMarked;
