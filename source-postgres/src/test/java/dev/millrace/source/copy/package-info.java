@NullMarked
package dev.millrace.source.copy;

import org.jspecify.annotations.NullMarked;
