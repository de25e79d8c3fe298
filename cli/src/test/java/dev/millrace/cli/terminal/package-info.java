/// Whether progress is shown as it is.
@NullMarked
package dev.millrace.cli.terminal;

import org.jspecify.annotations.NullMarked;
