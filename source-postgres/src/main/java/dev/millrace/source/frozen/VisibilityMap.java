package dev.millrace.source.frozen;

/// How a relation's visibility map can be seen by this user: a function, and what it calls its columns.
///
/// @param function its name, quoted
/// @param page the column that has a page's number
/// @param visible the column that says whether the page is all-visible
/// @param count the expression that counts the all-visible pages of a relation, whose quoted name is bound; empty if a [Guess] cannot be confirmed
/// @param some what gives the same columns for the pages of some ranges: the relation's quoted name and the ranges' bounds are bound; empty likewise
record VisibilityMap(String function, String page, String visible, String count, String some) {

    /// The extension's own function, which superusers and members of `pg_stat_scan_tables` may call.
    ///
    /// @param confirms whether the user may call the two beside it as well
    static VisibilityMap ofExtension(String schema, String function, boolean confirms) {
        VisibilityMap map = new VisibilityMap(function, "blkno", "all_visible", "", "");
        return confirms
                ? map.confirming(
                        "(SELECT all_visible FROM %s.pg_visibility_map_summary(?))".formatted(schema),
                        """
                        (SELECT page AS blkno, (%s(named.relation, page)).all_visible
                         FROM (SELECT ?::regclass AS relation OFFSET 0) named,
                              unnest(?::bigint[], ?::bigint[]) AS part(lower, upper), generate_series(lower, upper - 1) AS page) looked"""
                                .formatted(function))
                : map;
    }

    /// The setup guide's function.
    ///
    /// @param confirms whether the user may call the two beside it as well
    static VisibilityMap ofWrapper(String schema, String function, boolean confirms) {
        VisibilityMap map = new VisibilityMap(function, "pagenumber", "all_visible_yn", "", "");
        return confirms
                ? map.confirming(
                        "%s.count_visible_pages(?)".formatted(schema), "%s.get_some_pages(?, ?::bigint[], ?::bigint[])".formatted(schema))
                : map;
    }

    private VisibilityMap confirming(String counting, String ofSome) {
        return new VisibilityMap(function, page, visible, counting, ofSome);
    }

    /// Whether a [Guess] can be confirmed.
    boolean confirms() {
        return !count.isEmpty();
    }
}
