package dev.millrace.core.shape;

import java.util.Optional;

/// A column of a table, or a field of a composite type.
///
/// @param name exactly as the catalogue holds it
/// @param type its PostgreSQL type
/// @param number the catalogue's number for it (`attnum`), which no other column of the table has or will have; 0 where it is not
///     known, because only the log told of the column
/// @param initially the text of the value that rows have which are older than the column (`attmissingval`): they were not rewritten when
///     it was added, and the log never carries it; empty where that is null or not known
public record Column(String name, SourceType type, int number, Optional<String> initially) {

    /// Whether the source gives hashes of its values only.
    public boolean isHashed() {
        return type instanceof SourceType.Hashed;
    }

    /// A column of which the catalogue's number is not known, or a field.
    public Column(String name, SourceType type) {
        this(name, type, 0, Optional.empty());
    }
}
