/// How PostgreSQL writes single values: the bytes of its send functions and the text of its output functions.
///
/// Read [PgText] and [PgNumeric] first. Destinations decode with these, each into its own columns. This package depends on `core.shape`,
/// `core.change` and `core.fault` only.
@NullMarked
package dev.millrace.core.value;

import org.jspecify.annotations.NullMarked;
