/// Tests of the API as programs see it, each with a server of its own.
@NullMarked
package dev.millrace.server.api;

import org.jspecify.annotations.NullMarked;
