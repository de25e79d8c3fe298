@NullMarked
package dev.millrace.source.snapshot;

import org.jspecify.annotations.NullMarked;
