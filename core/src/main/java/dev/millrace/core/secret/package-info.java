/// Texts that must not be shown.
///
/// Read [Secret] and [Salt]; they are all there is. This package depends on nothing.
@NullMarked
package dev.millrace.core.secret;

import org.jspecify.annotations.NullMarked;
