package dev.millrace.source.frozen;

/// What an administrator runs once, so that a user may see which pages of a table are all-visible: the function of the setup guide, in a schema of our own.
///
/// Users and schemas are given quoted.
public final class VisibilitySetup {

    /// The function's schema.
    public static final String SCHEMA = "CREATE SCHEMA IF NOT EXISTS millrace;";

    private static final String FUNCTION =
            """
            CREATE FUNCTION millrace.get_all_pages(v_table_name text)
                RETURNS TABLE (pagenumber bigint, all_visible_yn boolean, all_frozen_yn boolean)
                LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
                AS 'SELECT blkno, all_visible, all_frozen FROM %s.pg_visibility_map(v_table_name::regclass)';""";

    private VisibilitySetup() {}

    /// The extension that shows visibility maps, to superusers.
    ///
    /// @param schema where its own functions come to lie
    public static String extension(String schema) {
        return "CREATE EXTENSION IF NOT EXISTS pg_visibility SCHEMA %s;".formatted(schema);
    }

    /// The function.
    ///
    /// @param extension the schema of the extension
    public static String function(String extension) {
        return FUNCTION.formatted(extension.replace("'", "''"));
    }

    /// Nobody else may call it: it shows any table's pages, though not what is on them.
    public static String closed() {
        return "REVOKE EXECUTE ON FUNCTION millrace.get_all_pages(text) FROM PUBLIC;";
    }

    /// The user's right to enter the schema.
    public static String usage(String user) {
        return "GRANT USAGE ON SCHEMA millrace TO %s;".formatted(user);
    }

    /// The user's right to call the function.
    public static String execute(String user) {
        return "GRANT EXECUTE ON FUNCTION millrace.get_all_pages(text) TO %s;".formatted(user);
    }

    /// All of it, for a database that has nothing of it.
    static String statements(String user) {
        return String.join("\n", extension("public"), SCHEMA, function("public"), closed(), usage(user), execute(user));
    }
}
