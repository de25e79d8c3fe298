/// Which schemas, tables and columns of a source are copied: what it has, and what people chose of it.
///
/// Read [SchemaConfig] first. What the source has is remembered ([SourceTables]) so that looking at it does not ask the source; what was chosen lies in the
/// connection, in the form that a settings file has, and is changed by a [ChoiceDraft].
@NullMarked
package dev.millrace.server.schema;

import org.jspecify.annotations.NullMarked;
