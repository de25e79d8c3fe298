/// Whether a desk answers across the socket as it does here.
@NullMarked
package dev.millrace.worker.holder;

import org.jspecify.annotations.NullMarked;
