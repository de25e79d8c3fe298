/// The messages of PostgreSQL's own decoding plugin, protocol versions 1 to 4 (manual, "Logical Replication Message Formats"), and what
/// is asked of the plugin.
///
/// Read [LogDecoder] and [LogMessage] first. This package reads bytes and knows nothing of sessions, slots or tables; it depends on
/// `core.change`'s kinds and `core.position` only.
@NullMarked
package dev.millrace.source.pgoutput;

import org.jspecify.annotations.NullMarked;
