/// Following a database with nothing but `SELECT`: scans that find rows by the transaction that wrote them (`xmin`).
///
/// Read [ScanFeed] first, then [Scan] for what one look at the tables is, and [Horizon] for which rows it finds. This package depends on
/// `source.catalog`, `source.copy`, `postgres.session` and `source.fault`, and knows nothing of the log.
@NullMarked
package dev.millrace.source.scan;

import org.jspecify.annotations.NullMarked;
