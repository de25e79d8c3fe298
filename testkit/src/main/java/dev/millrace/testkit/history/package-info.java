/// Random histories of a database: what a seed makes happen to a few tables, so that a copy can be held against the original.
///
/// Read [HistoryTables] and [HistoryWriter] first. This package depends on JDBC only.
@NullMarked
package dev.millrace.testkit.history;

import org.jspecify.annotations.NullMarked;
