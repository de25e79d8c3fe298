package dev.millrace.source.frozen;

import dev.millrace.core.shape.TableName;

/// Every SQL statement of this package. Names of functions come from the catalogue, quoted by the server.
final class FrozenSql {

    /// What decides whether a snapshot can be held, and whether that would be of use. `old_snapshot_threshold` went with PostgreSQL 17.
    static final String SERVER =
            """
            SELECT current_setting('server_version_num')::int / 10000 AS major, pg_is_in_recovery() AS standby,
                   coalesce((SELECT s.setting::int FROM pg_settings s WHERE s.name = 'old_snapshot_threshold'), -1) AS threshold,
                   quote_ident(current_user) AS me
            """;

    /// The functions that show a visibility map, the one to prefer first: the extension's own, and the wrappers of the setup guide. Aurora's log is not
    /// PostgreSQL's, so no guess is confirmed by it.
    static final String FUNCTIONS =
            """
            SELECT format('%I.%I', n.nspname, p.proname) AS name, quote_ident(n.nspname) AS schema, p.proname = 'get_all_pages' AS wrapper,
                   has_schema_privilege(n.oid, 'USAGE') AND has_function_privilege(p.oid, 'EXECUTE') AS may_call,
                   (SELECT count(*) = 2 FROM pg_proc s
                    WHERE s.pronamespace = n.oid AND has_function_privilege(s.oid, 'EXECUTE')
                      AND CASE p.proname WHEN 'get_all_pages'
                          THEN (s.proname, s.pronargs) IN (('count_visible_pages', 1), ('get_some_pages', 3))
                          ELSE (s.proname, s.pronargs) IN (('pg_visibility_map_summary', 1), ('pg_visibility_map', 2)) END)
                       AND NOT EXISTS (SELECT FROM pg_proc WHERE proname = 'aurora_version') AS confirms
            FROM pg_proc p
            JOIN pg_namespace n ON n.oid = p.pronamespace
            WHERE p.pronargs = 1 AND p.proretset
              AND (p.proname = 'get_all_pages' AND n.nspname IN ('millrace', 'fivetran')
                       AND p.proargnames @> '{pagenumber,all_visible_yn}'
                   OR p.proname = 'pg_visibility_map'
                       AND EXISTS (SELECT FROM pg_depend d JOIN pg_extension e ON e.oid = d.refobjid
                                   WHERE d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.deptype = 'e'
                                     AND d.refclassid = 'pg_extension'::regclass AND e.extname = 'pg_visibility'))
            ORDER BY wrapper, n.nspname = 'fivetran', 1
            """;

    /// The snapshot of the present transaction, and by what others know the session.
    static final String HOLDER =
            """
            SELECT pg_current_snapshot()::text, a.pid, a.backend_start::text FROM pg_stat_get_activity(pg_backend_pid()) a
            """;

    /// The snapshot of the present transaction.
    static final String SNAPSHOT = "SELECT pg_current_snapshot()::text";

    /// Whether somebody waits for the end of the present transaction, as `CREATE INDEX CONCURRENTLY` does.
    static final String WAITED_FOR =
            """
            SELECT EXISTS (SELECT FROM pg_locks own JOIN pg_locks waiting ON waiting.virtualxid = own.virtualxid
                           WHERE own.pid = pg_backend_pid() AND own.locktype = 'virtualxid' AND own.granted
                             AND waiting.locktype = 'virtualxid' AND NOT waiting.granted)
            """;

    /// A relation's file, size in pages, whether its rows lie as PostgreSQL's own tables have them, and whether what is done to it is in the log.
    private static final String RELATION =
            """
            SELECT pg_relation_filenode(c.oid)::bigint AS filenode,
                   pg_relation_size(c.oid) / current_setting('block_size')::int AS blocks,
                   (SELECT a.amname = 'heap' FROM pg_am a WHERE a.oid = c.relam) AS heap,
                   c.relpersistence = 'p' AS logged
            FROM pg_class c
            WHERE c.oid = ?::bigint::oid
            """;

    /// Those sessions of this server and this database that have one of some process ids.
    static final String SEES =
            """
            SELECT a.pid, a.backend_start::text
            FROM unnest(?::int[]) AS asked(pid)
            CROSS JOIN LATERAL pg_stat_get_activity(asked.pid) a
            JOIN pg_database d ON d.oid = a.datid
            WHERE d.datname = current_database()
            """;

    private FrozenSql() {}

    /// Locks a relation as reading it does, whatever columns of it the user may read; then tells of it, under that lock. Its object id is bound.
    static String lock(TableName relation) {
        return "SELECT FROM ONLY %s LIMIT 0;\n%s".formatted(relation.quoted(), RELATION);
    }

    /// How many pages the map shows, the highest of them, and which parts of `part` pages hold one that is not all-visible, in their order. The
    /// relation's quoted name is bound, with a type that the function decides.
    ///
    /// One pass over the map, and one that is not stored: a function is called row by row where it stands among the columns. Pages are not
    /// grouped, since that costs more than all the rest.
    static String pages(VisibilityMap map, long part) {
        return """
                SELECT count(*) AS pages, max((seen.page).%1$s) AS highest,
                       array_agg(DISTINCT (seen.page).%1$s / %4$d) FILTER (WHERE NOT (seen.page).%2$s) AS parts
                FROM (SELECT %3$s(?) AS page OFFSET 0) seen
                """
                .formatted(map.page(), map.visible(), map.function(), part);
    }

    /// What a [Guess] asks, in this order, by one round trip: the end of the log, which pages of the ranges are not all-visible, how many pages of the relation
    /// are, which of the ranges are not, and the log's end and the relation's size. For each of the three in the middle the relation's quoted name
    /// is bound, with a type that the function decides, and for the second and the fourth two texts with the ranges' bounds; at last the name again.
    static String guess(VisibilityMap map) {
        String unmarked = "SELECT ARRAY(SELECT %s FROM %s WHERE NOT %s)::text".formatted(map.page(), map.some(), map.visible());
        return """
                SELECT pg_current_wal_insert_lsn()::text;
                %1$s;
                SELECT %2$s;
                %1$s;
                SELECT pg_current_wal_insert_lsn()::text, pg_relation_size(?::regclass) / current_setting('block_size')::int
                """
                .formatted(unmarked, map.count());
    }
}
