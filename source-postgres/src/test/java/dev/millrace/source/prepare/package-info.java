@NullMarked
package dev.millrace.source.prepare;

import org.jspecify.annotations.NullMarked;
