/// Destinations for tests.
///
/// Read [MemoryDestination] first: it is the contract of the core's port as a program that can be read. This package depends on the core
/// only.
@NullMarked
package dev.millrace.testkit.destination;

import org.jspecify.annotations.NullMarked;
