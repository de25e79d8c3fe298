/// What measurements add up to. This package alone knows medians, ratios, and how they are printed.
///
/// Read [Measure] first, then [Standing].
///
/// It measures nothing itself and depends on neither contenders nor servers.
@NullMarked
package dev.millrace.benchmarks.report;

import org.jspecify.annotations.NullMarked;
