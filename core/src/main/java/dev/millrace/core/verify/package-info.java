/// Comparing a source with a destination at one moment, by checksums first and row by row where they differ.
///
/// Read [Comparison] and [Side] first. Both sides print a value in one [CanonicalForm], so that a difference is one of values and
/// never of representation. This package depends on `core.shape` only.
@NullMarked
package dev.millrace.core.verify;

import org.jspecify.annotations.NullMarked;
