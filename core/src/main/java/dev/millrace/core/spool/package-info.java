/// Temporary files for what does not fit in memory, and their removal whatever becomes of the process that wrote them.
///
/// Read [Spool] and [SpoolFile] first. This package does not know what is in the files; it depends on `core.fault` only.
@NullMarked
package dev.millrace.core.spool;

import org.jspecify.annotations.NullMarked;
