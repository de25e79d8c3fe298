@NullMarked
package dev.millrace.source.frozen;

import org.jspecify.annotations.NullMarked;
