/// Names at the destination: which name a schema, a table and a column of the source have there, for good.
///
/// Read [Naming] for the rules and [GivenNames] for what happens where two names become one. This package depends on `core.shape` only;
/// what a destination can tell apart, and what it needs for itself, it says by [Identifiers].
@NullMarked
package dev.millrace.core.naming;

import org.jspecify.annotations.NullMarked;
