/// Tables about connections, in the destinations of their copies.
///
/// Read [PlatformTables] first; [PlatformRows] says what stands in them.
@NullMarked
package dev.millrace.server.platform;

import org.jspecify.annotations.NullMarked;
