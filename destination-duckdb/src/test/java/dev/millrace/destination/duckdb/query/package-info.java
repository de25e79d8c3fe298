/// Tests of a person's SQL.
@NullMarked
package dev.millrace.destination.duckdb.query;

import org.jspecify.annotations.NullMarked;
