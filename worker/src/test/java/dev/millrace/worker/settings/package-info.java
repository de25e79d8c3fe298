/// Whether settings are read as the reference says, and what is said about those that are wrong.
@NullMarked
package dev.millrace.worker.settings;

import org.jspecify.annotations.NullMarked;
