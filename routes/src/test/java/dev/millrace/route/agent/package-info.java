/// Agents and gateways, with a real PostgreSQL behind the agent.
@NullMarked
package dev.millrace.route.agent;

import org.jspecify.annotations.NullMarked;
