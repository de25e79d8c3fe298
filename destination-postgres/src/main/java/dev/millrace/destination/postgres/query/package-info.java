/// A person's own questions to a copy.
///
/// Read [PersonalQuery]; it is all there is. This package depends on `core.destination` and the driver only.
@NullMarked
package dev.millrace.destination.postgres.query;

import org.jspecify.annotations.NullMarked;
