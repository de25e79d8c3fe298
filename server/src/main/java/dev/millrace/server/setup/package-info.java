/// How connections and destinations are made, changed and removed, whoever asks.
///
/// Read [ConnectionSetup] first. `server.api`, `server.web` and `server.plan` come here with the same words.
@NullMarked
package dev.millrace.server.setup;

import org.jspecify.annotations.NullMarked;
