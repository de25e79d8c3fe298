/// Configurations of other products, turned into settings of ours.
///
/// Read [ForeignConfiguration] and [ImportedSettings]. This package depends on `server.connection` for the names of fields.
@NullMarked
package dev.millrace.cli.imported;

import org.jspecify.annotations.NullMarked;
