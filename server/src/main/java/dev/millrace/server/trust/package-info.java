/// What people approve of servers: certificates and host keys, as they are sent and shown by the API.
///
/// Read [Submission]; it is all there is. What was approved is kept by `server.connection.Connections`.
@NullMarked
package dev.millrace.server.trust;

import org.jspecify.annotations.NullMarked;
