package dev.millrace.source.catalog;

/// The statements that read the catalogue. Values are always bound; the versions that a statement is for stand in its name or comment.
final class CatalogSql {

    static final int PG_12 = 120_000;
    static final int PG_14 = 140_000;
    static final int PG_15 = 150_000;
    static final int PG_18 = 180_000;

    /// What a publication publishes.
    static final String PUBLICATION =
            """
            SELECT p.pubinsert, p.pubupdate, p.pubdelete, p.pubtruncate
            FROM pg_publication p
            WHERE p.pubname = ?
            """;

    /// The relations of a publication with what the user may do with them.
    private static final String TABLES =
            """
            SELECT c.oid::bigint AS oid, n.nspname, c.relname, c.relkind::text AS relkind, c.relreplident::text AS relreplident,
                   has_schema_privilege(n.oid, 'USAGE') AS may_enter,
                   has_table_privilege(c.oid, 'SELECT') OR has_any_column_privilege(c.oid, 'SELECT') AS may_read,
                   row_security_active(c.oid) AS hides_rows,
                   c.reltuples::bigint AS reltuples,
                   %s AS attnames, %s AS rowfilter, true AS may_read_xmin,
                   has_table_privilege(c.oid, 'SELECT') OR has_column_privilege(c.oid, 'ctid', 'SELECT') AS may_read_ctid
            FROM pg_publication_tables t
            JOIN pg_namespace n ON n.nspname = t.schemaname
            JOIN pg_class c ON c.relnamespace = n.oid AND c.relname = t.tablename
            WHERE t.pubname = ?
            ORDER BY 2, 3
            """;

    /// The tables of everybody's schemas that the user may read in part at least; partitions are read with their root. Of unlogged tables a
    /// standby has nothing.
    static final String READABLE =
            """
            SELECT c.oid::bigint AS oid, n.nspname, c.relname, c.relkind::text AS relkind, c.relreplident::text AS relreplident,
                   true AS may_enter, true AS may_read, row_security_active(c.oid) AS hides_rows, c.reltuples::bigint AS reltuples,
                   NULL::text[] AS attnames, NULL::text AS rowfilter,
                   has_table_privilege(c.oid, 'SELECT') OR has_column_privilege(c.oid, 'xmin', 'SELECT') AS may_read_xmin,
                   has_table_privilege(c.oid, 'SELECT') OR has_column_privilege(c.oid, 'ctid', 'SELECT') AS may_read_ctid
            FROM pg_class c
            JOIN pg_namespace n ON n.oid = c.relnamespace
            WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition
              AND (c.relpersistence = 'p' OR c.relpersistence = 'u' AND NOT pg_is_in_recovery())
              AND n.nspname <> 'information_schema' AND n.nspname NOT LIKE 'pg\\_%'
              AND has_schema_privilege(n.oid, 'USAGE')
              AND (has_table_privilege(c.oid, 'SELECT') OR has_any_column_privilege(c.oid, 'SELECT'))
              AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e')
            ORDER BY 2, 3
            """;

    /// The tables of everybody's schemas that the user may not read at all, and temporary ones.
    static final String UNREADABLE =
            """
            SELECT n.nspname, c.relname, c.relpersistence::text AS relpersistence, has_schema_privilege(n.oid, 'USAGE') AS may_enter
            FROM pg_class c
            JOIN pg_namespace n ON n.oid = c.relnamespace
            WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition
              AND (c.relpersistence = 't'
                   OR n.nspname <> 'information_schema' AND n.nspname NOT LIKE 'pg\\_%'
                      AND (c.relpersistence = 'u' AND pg_is_in_recovery()
                           OR NOT has_schema_privilege(n.oid, 'USAGE')
                           OR NOT (has_table_privilege(c.oid, 'SELECT') OR has_any_column_privilege(c.oid, 'SELECT'))))
              AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e')
            ORDER BY 1, 2
            """;

    /// Whether there is a relation of a name.
    static final String EXISTS =
            """
            SELECT FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = ? AND c.relname = ?
            """;

    /// What looks like a table and can be in no publication, of everybody's schemas.
    static final String UNPUBLISHABLE =
            """
            SELECT n.nspname, c.relname, c.relkind::text AS relkind
            FROM pg_class c
            JOIN pg_namespace n ON n.oid = c.relnamespace
            WHERE (c.relkind IN ('v', 'm', 'f') OR c.relkind IN ('r', 'p') AND c.relpersistence = 'u') AND NOT c.relispartition
              AND n.nspname <> 'information_schema' AND n.nspname NOT LIKE 'pg\\_%'
              AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e')
            ORDER BY 1, 2
            """;

    /// Tables of everybody's schemas that are in no publication of that name though they could be, and temporary ones, which could not. Of a
    /// partitioned table that is left out whole, the root only; of one that is published in part, what
    /// is left out. A table that is published stands for its partitions, and its partitions for it.
    static final String OUTSIDE =
            """
            WITH RECURSIVE listed(oid) AS (
                SELECT c.oid
                FROM pg_publication_tables t
                JOIN pg_namespace n ON n.nspname = t.schemaname
                JOIN pg_class c ON c.relnamespace = n.oid AND c.relname = t.tablename
                WHERE t.pubname = ?
            ), part(oid, parent) AS (
                SELECT i.inhrelid, i.inhparent FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid AND c.relispartition AND c.relkind IN ('r', 'p')
            ), above(oid) AS (
                SELECT oid FROM listed UNION SELECT part.parent FROM above JOIN part ON part.oid = above.oid
            ), below(oid) AS (
                SELECT oid FROM listed UNION SELECT part.oid FROM below JOIN part ON part.parent = below.oid
            ), outside(oid) AS (
                SELECT c.oid FROM pg_class c
                JOIN pg_namespace n ON n.oid = c.relnamespace
                WHERE c.relkind IN ('r', 'p')
                  AND (c.relpersistence = 't'
                       OR c.relpersistence = 'p' AND n.nspname <> 'information_schema' AND n.nspname NOT LIKE 'pg\\_%')
                  AND c.oid NOT IN (SELECT oid FROM above) AND c.oid NOT IN (SELECT oid FROM below)
                  AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e')
            )
            SELECT n.nspname, c.relname, c.relpersistence::text AS relpersistence, c.relkind = 'p' AS partitioned,
                   c.relreplident = 'f' OR c.relreplident <> 'n'
                       AND EXISTS (SELECT FROM pg_index i WHERE i.indrelid = c.oid AND i.indisvalid
                                     AND CASE c.relreplident WHEN 'i' THEN i.indisreplident ELSE i.indisprimary END) AS has_identity
            FROM outside o
            JOIN pg_class c ON c.oid = o.oid
            JOIN pg_namespace n ON n.oid = c.relnamespace
            WHERE NOT EXISTS (SELECT FROM part WHERE part.oid = o.oid AND part.parent IN (SELECT oid FROM outside))
            ORDER BY 1, 2
            """;

    /// The columns of some relations, in order, with the user's right to read each.
    private static final String COLUMNS =
            """
            SELECT a.attrelid::bigint AS attrelid, a.attnum, a.attname, a.atttypid::bigint AS atttypid, a.atttypmod,
                   %s AS generated,
                   CASE WHEN a.atthasmissing THEN (a.attmissingval::text::text[])[1] %s END AS initially,
                   has_schema_privilege(c.relnamespace, 'USAGE') AND has_column_privilege(a.attrelid, a.attnum, 'SELECT') AS may_read
            FROM pg_attribute a
            JOIN pg_class c ON c.oid = a.attrelid
            WHERE a.attrelid = ANY (?::oid[]) AND a.attnum > 0 AND NOT a.attisdropped
            ORDER BY 1, 2
            """;

    /// A column of a partitioned table has its value for older rows with each leaf; they agree where it was added once for all.
    private static final String INITIALLY_OF_PARTITIONS =
            """
            WHEN c.relkind = 'p' THEN (
                SELECT min((l.attmissingval::text::text[])[1])
                FROM pg_partition_tree(c.oid) t
                JOIN pg_attribute l ON l.attrelid = t.relid AND l.attname = a.attname AND l.atthasmissing
                WHERE t.isleaf)""";

    /// What changes about some relations when they are altered. `relnatts` counts dropped columns too.
    static final String ORIGINS =
            """
            SELECT c.oid::bigint AS oid, c.relkind = 'p' AS partitioned, c.relnatts,
                   ARRAY(SELECT a.attnum FROM pg_attribute a
                         WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped ORDER BY 1) AS numbers,
                   (SELECT md5(string_agg(concat(a.attnum, ' ', a.xmin), ',' ORDER BY a.attnum)) FROM pg_attribute a
                    WHERE a.attrelid = c.oid AND a.attnum > 0) AS stamps
            FROM pg_class c
            WHERE c.oid = ANY (?::oid[])
            """;

    /// Sums over whatever says how tables look, what the user may read of them, who is in a publication, and where rows lie. `xmin` changes with each
    /// update of a row. And the epoch of transaction ids, by which tables without a key can be followed or not.
    static final String STAMP =
            """
            SELECT concat_ws(' ',
                txid_snapshot_xmax(txid_current_snapshot()) >> 32,
                (SELECT sum(hashtext(concat_ws(' ', c.oid, c.xmin, c.relfilenode))::bigint) FROM pg_class c
                 WHERE c.relkind IN ('r', 'p') AND c.oid >= 16384),
                (SELECT sum(hashtext(concat_ws(' ', a.attrelid, a.attnum, a.xmin))::bigint) FROM pg_attribute a
                 WHERE a.attrelid >= 16384),
                (SELECT sum(hashtext(concat_ws(' ', i.indexrelid, i.xmin))::bigint) FROM pg_index i WHERE i.indrelid >= 16384),
                (SELECT sum(hashtext(concat_ws(' ', i.inhrelid, i.inhparent, i.xmin))::bigint) FROM pg_inherits i),
                (SELECT sum(hashtext(concat_ws(' ', t.oid, t.xmin))::bigint) FROM pg_type t WHERE t.oid >= 16384),
                (SELECT sum(hashtext(concat_ws(' ', n.oid, n.xmin))::bigint) FROM pg_namespace n),
                (SELECT sum(hashtext(concat_ws(' ', m.roleid, m.member, m.xmin))::bigint) FROM pg_auth_members m),
                (SELECT concat_ws(' ', r.rolname, r.rolsuper, r.rolbypassrls, r.rolinherit) FROM pg_roles r WHERE r.rolname = current_user),
                (SELECT sum(hashtext(concat_ws(' ', p.pubname, p.xmin))::bigint) FROM pg_publication p),
                (SELECT sum(hashtext(concat_ws(' ', r.prrelid, r.xmin))::bigint) FROM pg_publication_rel r))
            """;

    /// The primary key and the replica identity index of some relations.
    static final String KEYS =
            """
            SELECT i.indrelid::bigint AS indrelid, i.indisprimary, i.indisreplident,
                   ARRAY(SELECT k FROM unnest(i.indkey::int2[]) WITH ORDINALITY u(k, place)
                         WHERE place <= i.indnkeyatts ORDER BY place) AS key
            FROM pg_index i
            WHERE i.indrelid = ANY (?::oid[]) AND (i.indisprimary OR i.indisreplident) AND i.indisvalid
            """;

    /// Some types.
    private static final String TYPES =
            """
            SELECT t.oid::bigint AS oid, n.nspname, t.typname, t.typtype::text AS typtype, t.typcategory::text AS typcategory,
                   t.typbasetype::bigint AS typbasetype, t.typtypmod, t.typelem::bigint AS typelem, t.typlen,
                   t.typsend <> 0 AS binary_form, t.typrelid::bigint AS typrelid,
                   coalesce(r.rngsubtype, %s, 0)::bigint AS subtype,
                   (SELECT e.extname FROM pg_depend d JOIN pg_extension e ON e.oid = d.refobjid
                    WHERE d.classid = 'pg_type'::regclass AND d.objid = t.oid AND d.deptype = 'e'
                      AND d.refclassid = 'pg_extension'::regclass) AS extension
            FROM pg_type t
            JOIN pg_namespace n ON n.oid = t.typnamespace
            LEFT JOIN pg_range r ON r.rngtypid = t.oid
            %s
            WHERE t.oid = ANY (?::oid[])
            """;

    /// What one unit of `money` is in the smallest unit under the `lc_monetary` that the database or the role has; ours is another.
    static final String MONEY_UNIT =
            """
            SELECT cash_send(u.one::money)
            FROM (SELECT set_config('lc_monetary', s.reset_val, true), 1 AS one FROM pg_settings s WHERE s.name = 'lc_monetary' OFFSET 0) u
            """;

    /// The relations that hold a table's rows: itself, or the leaves of a partitioned table. PostgreSQL 12 and later. A partition was
    /// born as one if it and all between it and the root were made by the transactions that made them partitions: the row of a system
    /// column is never updated, so it tells who made the relation.
    private static final String STORAGE_BY_PARTITION_TREE =
            """
            SELECT tree.root, c.oid::bigint AS oid, n.nspname, c.relname, c.relkind::text AS relkind, coalesce(pg_relation_filenode(c.oid), 0)::bigint AS filenode,
                   CASE WHEN c.relkind = 'r' THEN pg_relation_size(c.oid) / current_setting('block_size')::int ELSE 0 END AS blocks,
                   has_schema_privilege(n.oid, 'USAGE') AND has_table_privilege(c.oid, 'SELECT') AS may_read,
                   NOT EXISTS (SELECT FROM pg_partition_ancestors(c.oid) part
                               JOIN pg_inherits i ON i.inhrelid = part.relid
                               JOIN pg_attribute made ON made.attrelid = part.relid AND made.attnum = -1
                               WHERE made.xmin <> i.xmin) AS born
            FROM (SELECT DISTINCT asked.oid::bigint AS root, part.relid
                  FROM unnest(?::oid[]) AS asked(oid)
                  CROSS JOIN LATERAL (SELECT leaf.relid::oid FROM pg_partition_tree(asked.oid::regclass) leaf WHERE leaf.isleaf
                                      UNION SELECT asked.oid) AS part(relid)) tree
            JOIN pg_class c ON c.oid = tree.relid AND c.relkind IN ('r', 'f')
            JOIN pg_namespace n ON n.oid = c.relnamespace
            ORDER BY tree.root, c.oid
            """;

    /// The same on PostgreSQL 11.
    private static final String STORAGE_BY_INHERITANCE =
            """
            WITH RECURSIVE tree(root, relid) AS (
                SELECT asked.oid::bigint, asked.oid FROM unnest(?::oid[]) AS asked(oid)
                UNION
                SELECT t.root, i.inhrelid FROM tree t JOIN pg_class p ON p.oid = t.relid AND p.relkind = 'p'
                JOIN pg_inherits i ON i.inhparent = t.relid
            )
            SELECT tree.root, c.oid::bigint AS oid, n.nspname, c.relname, c.relkind::text AS relkind, coalesce(pg_relation_filenode(c.oid), 0)::bigint AS filenode,
                   CASE WHEN c.relkind = 'r' THEN pg_relation_size(c.oid) / current_setting('block_size')::int ELSE 0 END AS blocks,
                   has_schema_privilege(n.oid, 'USAGE') AND has_table_privilege(c.oid, 'SELECT') AS may_read,
                   true AS born
            FROM tree
            JOIN pg_class c ON c.oid = tree.relid AND c.relkind IN ('r', 'f')
            JOIN pg_namespace n ON n.oid = c.relnamespace
            ORDER BY tree.root, c.oid
            """;

    /// The columns and the keys of a relation, as one text that changes when any of them does.
    static final String STRUCTURE =
            """
            SELECT concat_ws('; ',
                (SELECT string_agg(concat_ws(' ', a.attnum, a.attname, a.atttypid, a.atttypmod), ', ' ORDER BY a.attnum)
                 FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped),
                (SELECT string_agg(concat_ws(' ', i.indexrelid, i.indisprimary, i.indisreplident), ', ' ORDER BY i.indexrelid)
                 FROM pg_index i WHERE i.indrelid = c.oid AND (i.indisprimary OR i.indisreplident)),
                c.relreplident)
            FROM pg_class c
            WHERE c.oid = to_regclass(?)
            """;

    private CatalogSql() {}

    static String tables(int version) {
        return version >= PG_15 ? TABLES.formatted("t.attnames::text[]", "t.rowfilter") : TABLES.formatted("NULL::text[]", "NULL::text");
    }

    static String columns(int version) {
        return version >= PG_12
                ? COLUMNS.formatted("a.attgenerated::text", INITIALLY_OF_PARTITIONS)
                : COLUMNS.formatted("''::text", "");
    }

    static String types(int version) {
        return version >= PG_14
                ? TYPES.formatted("m.rngsubtype", "LEFT JOIN pg_range m ON m.rngmultitypid = t.oid")
                : TYPES.formatted("NULL::oid", "");
    }

    static String storage(int version) {
        return version >= PG_12 ? STORAGE_BY_PARTITION_TREE : STORAGE_BY_INHERITANCE;
    }
}
