/// The commands: what a person types, what is printed, and the exit codes.
///
/// Read [Main] and [MillraceCommand] first. This package puts everything together, so it may depend on every module; nothing depends on
/// it.
@NullMarked
package dev.millrace.cli;

import org.jspecify.annotations.NullMarked;
