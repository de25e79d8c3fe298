/// How a run looks at one moment, drawn from its events, and how that is said to people.
///
/// Read [RunPicture] first. Terminals and pages draw what it holds. This package depends on `core.run`.
@NullMarked
package dev.millrace.worker.progress;

import org.jspecify.annotations.NullMarked;
