/// What is told of connections to machines that watch: metrics, health, and the log as lines of JSON.
///
/// Read [Metrics] first. This package depends on `server` and Micrometer.
@NullMarked
package dev.millrace.server.telemetry;

import org.jspecify.annotations.NullMarked;
