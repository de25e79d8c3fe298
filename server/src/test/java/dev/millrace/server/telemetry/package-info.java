/// Tests of what machines that watch are told.
@NullMarked
package dev.millrace.server.telemetry;

import org.jspecify.annotations.NullMarked;
