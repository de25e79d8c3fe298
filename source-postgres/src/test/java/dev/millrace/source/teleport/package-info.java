/// Tests of finding what changed by reading tables.
@NullMarked
package dev.millrace.source.teleport;

import org.jspecify.annotations.NullMarked;
