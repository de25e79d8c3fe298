/// Tests of connections as they are kept.
@NullMarked
package dev.millrace.server.connection;

import org.jspecify.annotations.NullMarked;
