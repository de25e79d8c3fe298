/// What looking at tables costs, beside statements of the server that read the same.
///
/// Read [ScanCosts] first.
@NullMarked
package dev.millrace.benchmarks.scan;

import org.jspecify.annotations.NullMarked;
