/// The REST API, version 1, as the reference product's clients speak it.
///
/// Read [RestApi] first: who is let in, how answers and refusals look. Each `...Endpoints` speaks of one noun and leaves the work to that noun's package.
@NullMarked
package dev.millrace.server.api;

import org.jspecify.annotations.NullMarked;
