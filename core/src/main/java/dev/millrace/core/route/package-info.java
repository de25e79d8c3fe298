/// How bytes get to a host.
///
/// Read [Route] first. Tunnels and agents are in the module `routes`. This package depends on nothing but `core.fault`.
@NullMarked
package dev.millrace.core.route;

import org.jspecify.annotations.NullMarked;
