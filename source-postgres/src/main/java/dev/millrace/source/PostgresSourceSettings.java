package dev.millrace.source;

import dev.millrace.core.run.Limits;
import dev.millrace.core.secret.Salt;
import dev.millrace.core.source.Selection;
import java.nio.file.Path;

/// What a source needs besides a way to open sessions.
///
/// @param following how its changes are followed
/// @param selection what the user wants copied
/// @param salt the destination's, with which columns are hashed
/// @param spool a folder for what does not fit in memory; made when needed
/// @param limits of the run
public record PostgresSourceSettings(Following following, Selection selection, Salt salt, Path spool, Limits limits) {}
