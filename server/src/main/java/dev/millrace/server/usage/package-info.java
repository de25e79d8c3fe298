/// How many rows connections write.
///
/// Read [Usage] first. This package depends on `core.run` and `server.state`.
@NullMarked
package dev.millrace.server.usage;

import org.jspecify.annotations.NullMarked;
