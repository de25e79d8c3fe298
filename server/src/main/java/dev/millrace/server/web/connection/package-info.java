/// The list of connections, and the tabs of each.
///
/// Read [Glance] first: it is what all of them show of a connection. [Asking] answers from the copy, beside a run or without one.
@NullMarked
package dev.millrace.server.web.connection;

import org.jspecify.annotations.NullMarked;
