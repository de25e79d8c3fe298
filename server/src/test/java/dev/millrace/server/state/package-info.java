/// Tests of what the control plane remembers.
@NullMarked
package dev.millrace.server.state;

import org.jspecify.annotations.NullMarked;
