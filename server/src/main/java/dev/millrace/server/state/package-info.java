/// What the control plane remembers, in one SQLite file or a PostgreSQL database.
///
/// Read [State] first. The tables are in the numbered scripts beside this package's resources; every other package keeps its own rows in them. This package
/// depends on `core.fault` and on Jdbi.
@NullMarked
package dev.millrace.server.state;

import org.jspecify.annotations.NullMarked;
