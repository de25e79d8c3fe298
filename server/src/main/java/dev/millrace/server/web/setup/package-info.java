/// Setting up: the form in the guide's order beside the guide itself, the setup tests as they are asked, destinations.
///
/// Read [SetupForm] first.
@NullMarked
package dev.millrace.server.web.setup;

import org.jspecify.annotations.NullMarked;
