/// The copy's side of a comparison, and in which form each column is compared.
///
/// Read [PostgresCopySide] first. This package depends on `core.verify`, `postgres.verify` and the driver.
@NullMarked
package dev.millrace.destination.postgres.verify;

import org.jspecify.annotations.NullMarked;
