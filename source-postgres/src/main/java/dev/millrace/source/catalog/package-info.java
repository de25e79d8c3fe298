/// What the source's system catalogue says: tables of the publication, their columns, types, keys and storage.
///
/// Read [CatalogReader] first; its statements stand in [CatalogSql] and can be pasted into psql. This package depends on the driver's
/// standard interface and on `core`.
@NullMarked
package dev.millrace.source.catalog;

import org.jspecify.annotations.NullMarked;
