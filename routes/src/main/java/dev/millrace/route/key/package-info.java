/// The key pairs by which we log in to tunnel hosts: made here, kept sealed.
///
/// Read [KeyFolder] first. Depends on `vault` and the SSH library.
@NullMarked
package dev.millrace.route.key;

import org.jspecify.annotations.NullMarked;
