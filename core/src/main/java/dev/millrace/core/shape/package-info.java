/// What a table looks like at one moment: its columns, their PostgreSQL types, and how a row is told from another.
///
/// Read [Shape] and [SourceType] first. This package depends on nothing.
@NullMarked
package dev.millrace.core.shape;

import org.jspecify.annotations.NullMarked;
