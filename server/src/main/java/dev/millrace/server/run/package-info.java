/// Runs: when they begin, how they go on, and what is remembered of them.
///
/// Read [Conductor] first. A run is carried out by `worker.ConnectionSync`, as by the `sync` command; what it tells is counted, drawn and logged here.
@NullMarked
package dev.millrace.server.run;

import org.jspecify.annotations.NullMarked;
