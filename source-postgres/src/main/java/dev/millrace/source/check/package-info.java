/// The setup tests of a database: what is asked of it before its first run.
///
/// Read [SourceChecks] first, which asks; each [Question] is one test. Nothing here writes to the source, and no question may last longer than its limit.
/// This package depends on the driver, on `core.check`, on `source.catalog` and `postgres.session`.
@NullMarked
package dev.millrace.source.check;

import org.jspecify.annotations.NullMarked;
