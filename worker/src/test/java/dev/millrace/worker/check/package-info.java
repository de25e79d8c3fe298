/// Whether check are read as the reference says, and what is said about those that are wrong.
@NullMarked
package dev.millrace.worker.check;

import org.jspecify.annotations.NullMarked;
