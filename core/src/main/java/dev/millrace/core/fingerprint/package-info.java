/// What is known of the keys that a destination may have: an index that is compared with the source, to find the rows that are gone.
///
/// Read [FingerprintIndex] first: its contract is written there in prose. This package depends on `core.shape` only.
@NullMarked
package dev.millrace.core.fingerprint;

import org.jspecify.annotations.NullMarked;
