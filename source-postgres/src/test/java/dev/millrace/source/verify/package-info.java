@NullMarked
package dev.millrace.source.verify;

import org.jspecify.annotations.NullMarked;
