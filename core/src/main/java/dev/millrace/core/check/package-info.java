/// What is asked of a source before its first run, and how answers look.
///
/// Read [SetupTest] and [Finding] first. Those who ask are `route` (the way and the certificate) and `source.check` (the database); `worker.check`
/// puts them in order. This package depends on nothing.
@NullMarked
package dev.millrace.core.check;

import org.jspecify.annotations.NullMarked;
