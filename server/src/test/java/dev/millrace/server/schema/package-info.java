/// Tests of what is chosen to be copied, by the API, with real PostgreSQL.
@NullMarked
package dev.millrace.server.schema;

import org.jspecify.annotations.NullMarked;
