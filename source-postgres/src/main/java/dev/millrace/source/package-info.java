/// A PostgreSQL database as a source: the one type that puts the packages below it together.
///
/// Read [PostgresSource] and [PostgresSourceSettings] first. What a run may ask for is the port [dev.millrace.core.source.Source].
@NullMarked
package dev.millrace.source;

import org.jspecify.annotations.NullMarked;
