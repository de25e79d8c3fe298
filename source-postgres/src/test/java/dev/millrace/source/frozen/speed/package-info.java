/// Measurements of the frozen-page filter; started by hand.
///
/// Read [ScanSpeed]. It is a program, not a test, and asserts nothing.
@NullMarked
package dev.millrace.source.frozen.speed;

import org.jspecify.annotations.NullMarked;
