/// Plans as code at the command line: a folder of settings files on this side, a server's REST API on the other.
///
/// Read [PlanFolder] and [PlannedServer] first. What differs is found by `server.plan`.
@NullMarked
package dev.millrace.cli.plan;

import org.jspecify.annotations.NullMarked;
