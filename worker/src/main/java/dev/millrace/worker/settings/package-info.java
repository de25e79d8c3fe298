/// The settings of one connection: their names, what they may be, and how a file or the command line says them.
///
/// Read [ConnectionSettings] first, which is what everybody else sees, then [Setting], which lists every name once. This package
/// depends on `core`, `worker.approval` and a YAML parser only; it opens no connection and no destination.
@NullMarked
package dev.millrace.worker.settings;

import org.jspecify.annotations.NullMarked;
