/// Finding deletes in a real source with the index that is beside a destination: a test, and a measurement started by hand.
@NullMarked
package dev.millrace.worker.teleport;

import org.jspecify.annotations.NullMarked;
