/// Carries out one connection: makes its source and its destination from the settings, and runs it, again if need be.
///
/// Read [Wiring] first, then [ConnectionSync]. This package sees a source and a destination both; they never see each other.
@NullMarked
package dev.millrace.worker;

import org.jspecify.annotations.NullMarked;
