/// The source's side of a comparison: one snapshot, of which canonical texts and checksums are asked.
///
/// Read [PostgresSide]; it is all there is. This package depends on `core.verify`, `postgres.verify`, `source.fault` and the driver.
@NullMarked
package dev.millrace.source.verify;

import org.jspecify.annotations.NullMarked;
