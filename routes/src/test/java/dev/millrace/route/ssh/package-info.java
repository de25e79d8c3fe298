/// Tunnels through real OpenSSH servers, to real PostgreSQL.
@NullMarked
package dev.millrace.route.ssh;

import org.jspecify.annotations.NullMarked;
