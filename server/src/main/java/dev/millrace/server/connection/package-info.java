/// Connections as people set them up, and how they stand.
///
/// Read [ConnectionRecord] and [Standing] first: what was decided, and what happened. [RunOrders] turns the one into what a run needs. This package depends
/// on `server.state`, `server.secret`, `server.destination` and `worker`.
@NullMarked
package dev.millrace.server.connection;

import org.jspecify.annotations.NullMarked;
