/// Connections as code: a folder of settings files, beside what a server has.
///
/// Read [Plan] first. Who carries its steps out speaks the REST API, so a plan works from any machine. This package depends on `server.connection`.
@NullMarked
package dev.millrace.server.plan;

import org.jspecify.annotations.NullMarked;
