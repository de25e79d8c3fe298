/// The index of fingerprints, in a DuckDB file of its own.
///
/// Read [DuckFingerprints] first. This package depends on `core.fingerprint`, and on this module's sessions and vectors.
@NullMarked
package dev.millrace.destination.duckdb.fingerprint;

import org.jspecify.annotations.NullMarked;
