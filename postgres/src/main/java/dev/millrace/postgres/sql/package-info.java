/// Expressions of PostgreSQL's for what a value looks like.
///
/// Read [PrintedValue] first. This package depends on `core.secret` and the driver only.
@NullMarked
package dev.millrace.postgres.sql;

import org.jspecify.annotations.NullMarked;
