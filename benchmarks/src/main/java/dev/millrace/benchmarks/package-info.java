/// One command that measures Millrace beside its ceilings and a peer, and prints ratios. This package alone knows what is run in
/// which order and on what server.
///
/// Read [Plan] first, then [Measuring].
///
/// It starts every contender in a JVM of its own and so depends on none of them; nothing depends on it.
@NullMarked
package dev.millrace.benchmarks;

import org.jspecify.annotations.NullMarked;
