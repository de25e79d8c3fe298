/// TLS with a source: which certificates are believed, why one is not, and what a server presents.
///
/// Read [TlsPolicy] first, which says what is asked for, then [ChainTrust], which decides. The driver finds [TlsSockets] by its name and gives it
/// the policy as properties. This package depends on the driver, `core.check` and `source.dial`; it never logs in.
@NullMarked
package dev.millrace.source.tls;

import org.jspecify.annotations.NullMarked;
