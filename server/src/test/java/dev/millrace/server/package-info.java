/// Tests of the control plane, each with a server of its own and real PostgreSQL.
@NullMarked
package dev.millrace.server;

import org.jspecify.annotations.NullMarked;
