/// A real OpenSSH server for tests.
@NullMarked
package dev.millrace.testkit.ssh;

import org.jspecify.annotations.NullMarked;
