@NullMarked
package dev.millrace.source.check;

import org.jspecify.annotations.NullMarked;
