/// Those who read a source in competition, and the JVM that each of them gets. This package alone knows how each is set up and how its
/// time, CPU and memory are taken.
///
/// Read [Contender] first, then [ContenderProcess].
///
/// It knows nothing of rounds, ratios and reports; no other package sees Debezium.
@NullMarked
package dev.millrace.benchmarks.contender;

import org.jspecify.annotations.NullMarked;
