/// TLS with a server: which certificates are believed, why one is not, and what a server presents.
///
/// Read [TlsPolicy] first, which says what is asked for, then [ChainTrust], which decides. The driver finds [TlsSockets] by its name and gives it
/// the policy as properties. This package depends on the driver, `core.check` and `postgres.dial`; it never logs in.
@NullMarked
package dev.millrace.postgres.tls;

import org.jspecify.annotations.NullMarked;
