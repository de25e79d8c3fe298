/// How things look on a terminal, and how the same is said where there is none.
///
/// Read [Terminal] first, then [ProgressDisplay]. This package depends on `core` only and knows no command.
@NullMarked
package dev.millrace.cli.terminal;

import org.jspecify.annotations.NullMarked;
