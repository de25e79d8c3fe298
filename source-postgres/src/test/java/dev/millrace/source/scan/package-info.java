/// Tests of scans.
@NullMarked
package dev.millrace.source.scan;

import org.jspecify.annotations.NullMarked;
