package dev.millrace.source.frozen;

/// How a relation's visibility map can be seen by this user: a function, and what it calls its columns.
///
/// @param function its name, quoted
/// @param page the column that has a page's number
/// @param visible the column that says whether the page is all-visible
record VisibilityMap(String function, String page, String visible) {

    /// The extension's own function, which superusers and members of `pg_stat_scan_tables` may call.
    static VisibilityMap ofExtension(String function) {
        return new VisibilityMap(function, "blkno", "all_visible");
    }

    /// The setup guide's function.
    static VisibilityMap ofWrapper(String function) {
        return new VisibilityMap(function, "pagenumber", "all_visible_yn");
    }
}
