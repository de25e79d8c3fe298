/// Tables of Apache Iceberg as a destination: DuckDB does the work, Iceberg keeps the rows.
///
/// Read [IcebergDestination] first, then [LakeRows], which brings the rows that a batch touches onto DuckDB's workbench and writes back what has
/// become of them, and [LakeMemory], whose commit is the moment at which a batch has happened. Decision 31 says why.
@NullMarked
package dev.millrace.destination.iceberg;

import org.jspecify.annotations.NullMarked;
