/// How sessions with a server are opened: properties of the driver, and settings that make every session print values alike.
///
/// Read [Sessions] and [PostgresEndpoint] first. This package depends on the driver, `postgres.dial` and `postgres.tls`, not on what sessions are
/// used for.
@NullMarked
package dev.millrace.postgres.session;

import org.jspecify.annotations.NullMarked;
