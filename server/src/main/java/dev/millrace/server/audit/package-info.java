/// Who changed what.
///
/// Read [AuditLog]; it is all there is.
@NullMarked
package dev.millrace.server.audit;

import org.jspecify.annotations.NullMarked;
