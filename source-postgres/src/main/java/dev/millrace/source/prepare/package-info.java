/// Making a source ready: the statements that it still needs, shown, run or taken back.
///
/// Read [Preparation] first; [Present] is what is there already, [Preparing] and [Undoing] say what follows from it, [AdminSession] carries it
/// out. [ProviderSide] is what has to be done outside the database. Names come from users and catalogues, and are quoted wherever they stand.
@NullMarked
package dev.millrace.source.prepare;

import org.jspecify.annotations.NullMarked;
