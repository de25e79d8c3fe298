/// The port to a source: its tables, their first copy, their changes.
///
/// Read [Source] first. This package depends on the other ports' packages only.
@NullMarked
package dev.millrace.core.source;

import org.jspecify.annotations.NullMarked;
