/// What a person has approved for one connection: certificates and host keys, kept in a file beside its settings.
///
/// Read [Approvals]; it is all there is, with [Approval]. This package depends on `core.check` and a YAML parser only.
@NullMarked
package dev.millrace.worker.approval;

import org.jspecify.annotations.NullMarked;
