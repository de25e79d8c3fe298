/// The setup tests of a connection, in order: the way to its source, then the database.
///
/// Read [SetupTests] first. What is asked of the database is in `source.check`; of the way, in whatever implements [WayTests].
@NullMarked
package dev.millrace.worker.check;

import org.jspecify.annotations.NullMarked;
