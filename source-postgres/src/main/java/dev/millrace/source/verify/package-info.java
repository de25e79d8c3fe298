/// The source's side of a comparison: canonical texts and their checksums, computed by the server.
///
/// Read [PostgresSide] and [CanonicalSql] first. This package depends on `core.verify`, `source.fault` and the driver.
@NullMarked
package dev.millrace.source.verify;

import org.jspecify.annotations.NullMarked;
