/// The port to a source's changes: where they come from, in order, and how the source learns that it may forget them.
///
/// Read [ChangeFeed] first. This package depends on `core.change`, `core.position` and `core.destination` (its receipt only).
@NullMarked
package dev.millrace.core.feed;

import org.jspecify.annotations.NullMarked;
