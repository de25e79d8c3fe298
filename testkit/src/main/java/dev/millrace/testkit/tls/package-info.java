/// Certificates of every kind that a server may present, and a PostgreSQL server that presents them.
///
/// Read [TestAuthority] and [TlsPostgres] first.
@NullMarked
package dev.millrace.testkit.tls;

import org.jspecify.annotations.NullMarked;
