/// How commands ask about a copy, wherever it is held: DuckDB lets one process open a file, so the process that syncs answers for it.
///
/// Read [CopyDesk] first: [Holder] serves one over a local socket, [HolderClient] is one across that socket. This package depends on
/// `core` and a JSON library; it knows no command and no terminal.
@NullMarked
package dev.millrace.worker.holder;

import org.jspecify.annotations.NullMarked;
