/// Secrets at rest.
///
/// Read [Vault] first. It depends on `core.fault` and Google Tink.
@NullMarked
package dev.millrace.vault;

import org.jspecify.annotations.NullMarked;
