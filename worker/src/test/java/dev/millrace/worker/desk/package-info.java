/// Whether a person's SQL gives what the copy holds.
@NullMarked
package dev.millrace.worker.desk;

import org.jspecify.annotations.NullMarked;
