/// Finding what changed in a table by reading it, with no log.
///
/// Read [TableDiffer] first, and the contract of [dev.millrace.core.fingerprint.FingerprintIndex]. This package depends on
/// `core.fingerprint`, `source.copy`, `source.fault` and the driver.
@NullMarked
package dev.millrace.source.teleport;

import org.jspecify.annotations.NullMarked;
