/// One sync by Millrace, as users have it run.
@NullMarked
package dev.millrace.benchmarks.sync;

import org.jspecify.annotations.NullMarked;
