/// How sessions with a source are opened: properties of the driver, and settings that make every session print values alike.
///
/// Read [Sessions] and [PostgresEndpoint] first. This package depends on the driver, `source.dial` and `source.tls`, not on what sessions are
/// used for.
@NullMarked
package dev.millrace.source.session;

import org.jspecify.annotations.NullMarked;
