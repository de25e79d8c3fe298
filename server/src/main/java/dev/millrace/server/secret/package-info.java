/// Secrets in the state: sealed by the vault, bound to what they belong to, opened only where a session is made.
///
/// Read [Sealed]; it is all there is. This package depends on `vault`.
@NullMarked
package dev.millrace.server.secret;

import org.jspecify.annotations.NullMarked;
