/// The port to a destination: what it is told, what it promises, and what it remembers.
///
/// Read [Destination] first: its contract is written there in prose, and the contract suite in the testkit checks it sentence by
/// sentence. [Memory] is what a destination gives back on start.
@NullMarked
package dev.millrace.core.destination;

import org.jspecify.annotations.NullMarked;
