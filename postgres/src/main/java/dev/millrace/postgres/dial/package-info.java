/// How a socket to a server is had: names resolved, addresses tried, those refused that must not be dialled.
///
/// Read [Dialler] first, then [NotDialled]. This package knows nothing of PostgreSQL; it depends on `core.route` only.
@NullMarked
package dev.millrace.postgres.dial;

import org.jspecify.annotations.NullMarked;
