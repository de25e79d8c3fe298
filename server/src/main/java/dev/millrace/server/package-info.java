/// The control plane in one process: connections, schedules, runs, secrets, the REST API and the pages.
///
/// Read [Server] first: it puts everything together. Each package below holds one noun; `server.api` and `server.web` speak of them to programs and to people. Runs are
/// carried out by `worker`, by the same code as the `sync` command.
@NullMarked
package dev.millrace.server;

import org.jspecify.annotations.NullMarked;
