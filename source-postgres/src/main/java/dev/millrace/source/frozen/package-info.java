/// The frozen-page filter: which pages of a table a scan need not read, since nothing on them has changed after the last one.
///
/// Read [FrozenPages] first; why the rule holds is in `docs/decisions/0017-frozen-pages.md`. This package depends on the driver, on
/// `core.position`, and on `session`, `catalog` and `fault` of the source. It does not know what rows a scan looks for.
@NullMarked
package dev.millrace.source.frozen;

import org.jspecify.annotations.NullMarked;
