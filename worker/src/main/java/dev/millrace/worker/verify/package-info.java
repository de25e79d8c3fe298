/// Proving that a copy is right: a run and two held moments brought together.
///
/// Read [Verifier] first; what is compared, and how, is in `core.verify`.
@NullMarked
package dev.millrace.worker.verify;

import org.jspecify.annotations.NullMarked;
