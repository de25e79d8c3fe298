/// Whether the commands do what the reference says, with real servers and files.
@NullMarked
package dev.millrace.cli;

import org.jspecify.annotations.NullMarked;
