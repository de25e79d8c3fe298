package dev.millrace.source.catalog;

/// A relation that holds rows of a table: the table itself, or a leaf of a partitioned one.
///
/// @param oid its object id
/// @param schema its namespace
/// @param name its name
/// @param foreign whether its rows lie elsewhere, where neither ctid nor log reach
/// @param filenode the file that holds it, which a rewrite changes
/// @param blocks its size in blocks
/// @param mayRead whether the user may read it by itself, not only through the root
/// @param born whether it was made as what it is now, the table itself or a partition of it, not attached later
public record Storage(
        int oid, String schema, String name, boolean foreign, long filenode, long blocks, boolean mayRead, boolean born) {}
