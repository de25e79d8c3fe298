package dev.millrace.source.prepare;

/// The statements that look at what is there. What the user may do is asked of the catalogue, by whoever looks.
final class PrepareSql {

    static final String SERVER =
            """
            SELECT current_setting('server_version_num')::int / 10000 AS version, pg_is_in_recovery() AS standby,
                   current_setting('wal_level') = 'logical' AS logical,
                   EXISTS (SELECT FROM pg_roles WHERE rolname = 'rds_replication') AS has_rds_role,
                   EXISTS (SELECT FROM pg_roles WHERE rolname = 'rds_iam') AS has_iam_role,
                   current_user AS me, r.rolsuper AS real,
                   r.rolsuper OR EXISTS (SELECT FROM pg_roles g
                                         WHERE g.rolname IN ('rds_superuser', 'cloudsqlsuperuser', 'azure_pg_admin')
                                           AND pg_has_role(current_user, g.oid, 'member')) AS superuser
            FROM pg_roles r
            WHERE r.rolname = current_user
            """;

    /// The comment on a user that prepare has made.
    static final String MARK = "made by millrace prepare";

    /// The user. What depends on it in other databases keeps it from being dropped. Whoever makes a role is a member that may only hand it on, from version 16
    /// on; that is no use of it.
    static final String ROLE =
            """
            SELECT r.rolcanlogin, r.rolsuper,
                   r.rolsuper OR r.rolreplication
                       OR EXISTS (SELECT FROM pg_roles g WHERE g.rolname = 'rds_replication' AND pg_has_role(r.oid, g.oid, 'member')) AS may_replicate,
                   EXISTS (SELECT FROM pg_roles g WHERE g.rolname = 'rds_iam' AND pg_has_role(r.oid, g.oid, 'member')) AS takes_tokens,
                   has_database_privilege(r.oid, current_database(), 'CONNECT') AS may_connect,
                   EXISTS (SELECT FROM pg_shdepend s
                           WHERE s.refclassid = 'pg_authid'::regclass AND s.refobjid = r.oid AND s.deptype = 'o'
                             AND (s.dbid = d.oid OR s.dbid = 0)) AS owns,
                   EXISTS (SELECT FROM pg_shdepend s
                           WHERE s.refclassid = 'pg_authid'::regclass AND s.refobjid = r.oid AND s.deptype IN ('o', 'a') AND s.dbid NOT IN (0, d.oid)) AS elsewhere,
                   EXISTS (SELECT FROM pg_shdepend s
                           WHERE s.refclassid = 'pg_authid'::regclass AND s.refobjid = r.oid AND s.deptype = 'a' AND s.dbid IN (0, d.oid)) AS rights,
                   shobj_description(r.oid, 'pg_authid') IS NOT DISTINCT FROM '%s' AS marked,
                   EXISTS (SELECT FROM pg_auth_members m
                           WHERE m.roleid = r.oid AND pg_get_userbyid(m.member) <> current_user
                             AND (coalesce((to_json(m) ->> 'inherit_option')::boolean, true)
                                  OR coalesce((to_json(m) ->> 'set_option')::boolean, true))) AS members
            FROM pg_roles r CROSS JOIN pg_database d
            WHERE r.rolname = ? AND d.datname = current_database()
            """
                    .formatted(MARK);

    /// Everybody's schemas; who lets the user read tables to come. Those in which functions of ours lie are nobody else's, unless they hold tables.
    static final String SCHEMAS =
            """
            SELECT n.nspname, coalesce(has_schema_privilege(r.oid, n.oid, 'USAGE'), false) AS may_use,
                   ARRAY(SELECT pg_get_userbyid(d.defaclrole)::text
                         FROM pg_default_acl d CROSS JOIN LATERAL aclexplode(d.defaclacl) x
                         WHERE d.defaclnamespace = n.oid AND d.defaclobjtype = 'r' AND x.privilege_type = 'SELECT' AND x.grantee IN (0, r.oid)) AS granting
            FROM pg_namespace n LEFT JOIN pg_roles r ON r.rolname = ?
            WHERE n.nspname <> 'information_schema' AND n.nspname NOT LIKE 'pg\\_%'
              AND (n.nspname NOT IN ('millrace', 'fivetran') OR EXISTS (SELECT FROM pg_class c WHERE c.relnamespace = n.oid AND c.relkind IN ('r', 'p')))
            ORDER BY 1
            """;

    /// Everybody's tables.
    static final String TABLES =
            """
            SELECT n.nspname, c.relname, c.relkind = 'p' AS partitioned, c.relispartition AS partition, c.relpersistence = 'p' AS publishable,
                   pg_get_userbyid(c.relowner)::text AS owner, pg_has_role(current_user, c.relowner, 'usage') AS may_act_as_owner,
                   c.relreplident = 'f' OR c.relreplident <> 'n'
                       AND EXISTS (SELECT FROM pg_index i WHERE i.indrelid = c.oid AND i.indisvalid
                                     AND CASE c.relreplident WHEN 'i' THEN i.indisreplident ELSE i.indisprimary END) AS has_identity,
                   ARRAY(SELECT a.attname::text FROM pg_attribute a
                         WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum) AS columns,
                   ARRAY(SELECT a.attname::text FROM pg_index i JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = ANY (i.indkey)
                         WHERE i.indrelid = c.oid AND i.indisvalid
                           AND CASE c.relreplident WHEN 'i' THEN i.indisreplident ELSE i.indisprimary END) AS key,
                   coalesce(has_table_privilege(r.oid, c.oid, 'SELECT'), false) AS may_read_all,
                   ARRAY(SELECT a.attname::text FROM pg_attribute a
                         WHERE a.attrelid = c.oid AND NOT a.attisdropped AND has_column_privilege(r.oid, c.oid, a.attnum, 'SELECT')) AS readable
            FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace LEFT JOIN pg_roles r ON r.rolname = ?
            WHERE c.relkind IN ('r', 'p') AND c.relpersistence <> 't'
              AND n.nspname <> 'information_schema' AND n.nspname NOT LIKE 'pg\\_%'
              AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e')
            ORDER BY 1, 2
            """;

    static final String PUBLICATION =
            """
            SELECT p.puballtables, coalesce((to_json(p) ->> 'pubviaroot')::boolean, false) AS via_root, o.rolname AS owner,
                   o.rolname = current_user OR o.rolsuper
                       OR EXISTS (SELECT FROM pg_roles g
                                  WHERE g.rolname IN ('rds_superuser', 'cloudsqlsuperuser', 'azure_pg_admin')
                                    AND pg_has_role(o.oid, g.oid, 'member')) AS administrators
            FROM pg_publication p JOIN pg_roles o ON o.oid = p.pubowner
            WHERE p.pubname = ?
            """;

    /// Other slots that are being read, by whatever may be reading through the same publication: the catalogue does not say through which.
    static final String OTHER_READERS =
            """
            SELECT slot_name FROM pg_replication_slots
            WHERE active AND plugin = 'pgoutput' AND database = current_database() AND slot_name <> ?
            ORDER BY 1
            """;

    /// The tables that a publication names.
    static final String PUBLISHED =
            """
            SELECT n.nspname, c.relname
            FROM pg_publication p JOIN pg_publication_rel l ON l.prpubid = p.oid
            JOIN pg_class c ON c.oid = l.prrelid JOIN pg_namespace n ON n.oid = c.relnamespace
            WHERE p.pubname = ?
            """;

    /// The tables of the schemas that a publication names. PostgreSQL 15 and later.
    static final String PUBLISHED_BY_SCHEMA =
            """
            SELECT n.nspname, c.relname
            FROM pg_publication p JOIN pg_publication_namespace l ON l.pnpubid = p.oid
            JOIN pg_namespace n ON n.oid = l.pnnspid JOIN pg_class c ON c.relnamespace = n.oid AND c.relkind IN ('r', 'p')
            WHERE p.pubname = ?
            """;

    /// A slot, and whether it is one that we could have made.
    static final String SLOT =
            """
            SELECT active, coalesce(plugin = 'pgoutput' AND database = current_database(), false) AS ours FROM pg_replication_slots WHERE slot_name = ?
            """;

    /// What shows visibility maps.
    static final String VISIBILITY =
            """
            SELECT EXISTS (SELECT FROM pg_available_extensions WHERE name = 'pg_visibility') AS available,
                   (SELECT quote_ident(n.nspname) FROM pg_extension e JOIN pg_namespace n ON n.oid = e.extnamespace
                    WHERE e.extname = 'pg_visibility') AS extension,
                   m.oid IS NOT NULL AS has_schema,
                   ARRAY(SELECT f.proname::text FROM pg_proc f WHERE f.oid = ANY (ours.oids)) AS functions,
                   (SELECT count(*) FROM pg_proc p WHERE p.pronamespace = m.oid AND p.oid <> ALL (ours.oids))
                       + (SELECT count(*) FROM pg_class c WHERE c.relnamespace = m.oid)
                       + (SELECT count(*) FROM pg_type t WHERE t.typnamespace = m.oid)
                       + (SELECT count(*) FROM pg_extension e WHERE e.extnamespace = m.oid) = 0 AS alone,
                   coalesce(has_schema_privilege(r.oid, m.oid, 'USAGE'), false) AS may_use,
                   ARRAY(SELECT f.proname::text FROM pg_proc f
                         WHERE f.oid = ANY (ours.oids) AND has_function_privilege(r.oid, f.oid, 'EXECUTE')) AS executable,
                   EXISTS (SELECT FROM pg_proc f, aclexplode(coalesce(f.proacl, acldefault('f', f.proowner))) x
                           WHERE f.oid = ANY (ours.oids) AND x.grantee <> f.proowner AND x.grantee IS DISTINCT FROM r.oid) AS others_execute
            FROM (SELECT 1) one
            LEFT JOIN pg_namespace m ON m.nspname = 'millrace'
            CROSS JOIN LATERAL (
                SELECT ARRAY(SELECT p.oid FROM pg_proc p
                             WHERE p.pronamespace = m.oid
                               AND (p.proname, p.pronargs) IN (('get_all_pages', 1), ('get_some_pages', 3), ('count_visible_pages', 1))) AS oids) ours
            LEFT JOIN pg_roles r ON r.rolname = ?
            """;

    private PrepareSql() {}

    /// A text as an SQL literal.
    static String literal(String text) {
        return "'" + text.replace("'", "''") + "'";
    }
}
