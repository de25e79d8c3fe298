/// A real PostgreSQL server on this machine, for the demo and for tests. This package alone knows where PostgreSQL's programs come
/// from, how they are unpacked, and how a server is made, started, adopted, stopped and killed.
///
/// Read [LocalServer] first, then [PostgresInstallation].
///
/// It depends on nothing else of Millrace, and speaks no SQL: whoever starts a server opens sessions with its own driver.
@NullMarked
package dev.millrace.localpostgres;

import org.jspecify.annotations.NullMarked;
