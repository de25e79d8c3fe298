/// Source history written by hand: shapes, copied rows and changes in the packed form that a destination gets, from readable text.
///
/// Read [Shapes] and [ChangeScript] first. This package depends on the core only.
@NullMarked
package dev.millrace.testkit.change;

import org.jspecify.annotations.NullMarked;
