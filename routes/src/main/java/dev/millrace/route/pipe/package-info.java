/// Bytes that go both ways: from a port of this machine into whatever leads on.
///
/// Read [NearEnd] first. Depends on `core.route` only.
@NullMarked
package dev.millrace.route.pipe;

import org.jspecify.annotations.NullMarked;
