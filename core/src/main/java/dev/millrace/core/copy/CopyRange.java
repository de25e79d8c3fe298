package dev.millrace.core.copy;

/// One part of a table that is read by one statement and committed at the destination by one transaction.
///
/// @param number counts the parts of a table from 0; it is what a destination remembers
/// @param condition the SQL condition on the table's rows, empty for the whole table; made by us, never by a user
/// @param relation the relation to read, quoted: the table itself, or a partition or child of it
/// @param blocks the size of the part in blocks of 8 kB, an estimate for progress
public record CopyRange(int number, String relation, String condition, long blocks) {}
