/// Whether one connection is carried out, and again when its source was away.
@NullMarked
package dev.millrace.worker;

import org.jspecify.annotations.NullMarked;
