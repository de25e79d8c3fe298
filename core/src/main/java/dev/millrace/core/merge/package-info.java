/// What destinations decide alike when changes come to their tables, whatever the statements are by which they write.
///
/// Read [BatchWrite] and [PendingChanges] first. A destination gives them a [ChangedTables], which knows the statements. This package depends
/// on `core.change`, `core.destination` and `core.shape`.
@NullMarked
package dev.millrace.core.merge;

import org.jspecify.annotations.NullMarked;
