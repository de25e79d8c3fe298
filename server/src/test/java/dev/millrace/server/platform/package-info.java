/// Tests of the tables about connections.
@NullMarked
package dev.millrace.server.platform;

import org.jspecify.annotations.NullMarked;
