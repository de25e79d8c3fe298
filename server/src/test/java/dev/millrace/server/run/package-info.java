/// Tests of runs on schedules.
@NullMarked
package dev.millrace.server.run;

import org.jspecify.annotations.NullMarked;
