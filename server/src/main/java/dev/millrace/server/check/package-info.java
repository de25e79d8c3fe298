/// The setup tests of connections that are kept.
///
/// Read [Examinations]; it is all there is. What is asked is in `worker.check`.
@NullMarked
package dev.millrace.server.check;

import org.jspecify.annotations.NullMarked;
