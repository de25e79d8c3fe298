/// What every kind of test needs: waiting for something to become true, and numbers by chance that can be had again. This package alone
/// knows how long to park between two looks, and where a seed comes from.
///
/// Read [Eventually] and [Seed].
///
/// It depends on no other part of Millrace and on no database.
@NullMarked
package dev.millrace.testkit;

import org.jspecify.annotations.NullMarked;
