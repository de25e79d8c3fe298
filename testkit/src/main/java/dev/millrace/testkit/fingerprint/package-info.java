/// An index of fingerprints in memory, for tests of what reads a source.
///
/// Read [MemoryFingerprints] first. It keeps the contract of [dev.millrace.core.fingerprint.FingerprintIndex].
@NullMarked
package dev.millrace.testkit.fingerprint;

import org.jspecify.annotations.NullMarked;
