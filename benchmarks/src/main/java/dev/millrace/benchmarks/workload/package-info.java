/// The tables and changes that are read in a measurement. This package alone knows what they look like and how they are made, from
/// arithmetic alone, so that every run of the same size reads the same bytes.
///
/// Read [Lineitem] first, then [Orders].
///
/// It knows no contender and depends on nothing but JDBC.
@NullMarked
package dev.millrace.benchmarks.workload;

import org.jspecify.annotations.NullMarked;
