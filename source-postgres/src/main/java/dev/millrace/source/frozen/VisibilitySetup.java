package dev.millrace.source.frozen;

import java.util.ArrayList;
import java.util.List;

/// What an administrator runs once, so that a user may see which pages of a table are all-visible: the function of the setup guide, in a schema of our own,
/// and two beside it by which a guess is confirmed that was made of the last look.
///
/// Users and schemas are given quoted.
public final class VisibilitySetup {

    /// The function's schema.
    public static final String SCHEMA = "CREATE SCHEMA IF NOT EXISTS millrace;";

    /// The functions.
    public enum Function {
        /// Each page of a table.
        ALL("get_all_pages", "text", """
            CREATE FUNCTION millrace.get_all_pages(v_table_name text)
                RETURNS TABLE (pagenumber bigint, all_visible_yn boolean, all_frozen_yn boolean)
                LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
                AS 'SELECT blkno, all_visible, all_frozen FROM %s.pg_visibility_map(v_table_name::regclass)';"""),
        /// The pages of some ranges of a table.
        SOME("get_some_pages", "text, bigint[], bigint[]", """
            CREATE FUNCTION millrace.get_some_pages(v_table_name text, v_from bigint[], v_to bigint[])
                RETURNS TABLE (pagenumber bigint, all_visible_yn boolean)
                LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
                AS 'SELECT page, (%s.pg_visibility_map(relation, page)).all_visible
                    FROM (SELECT v_table_name::regclass AS relation OFFSET 0) named,
                         unnest(v_from, v_to) AS part(lower, upper), generate_series(lower, upper - 1) AS page';"""),
        /// How many pages of a table are all-visible.
        COUNT("count_visible_pages", "text", """
            CREATE FUNCTION millrace.count_visible_pages(v_table_name text)
                RETURNS bigint
                LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
                AS 'SELECT all_visible FROM %s.pg_visibility_map_summary(v_table_name::regclass)';""");

        private final String functionName;
        private final String takes;
        private final String definition;

        Function(String functionName, String takes, String definition) {
            this.functionName = functionName;
            this.takes = takes;
            this.definition = definition;
        }

        /// Its name, without the schema.
        public String functionName() {
            return functionName;
        }

        /// What makes it.
        ///
        /// @param extension the schema of the extension
        public String create(String extension) {
            return definition.formatted(extension.replace("'", "''"));
        }

        /// Nobody else may call it: it shows any table's pages, though not what is on them.
        public String close() {
            return "REVOKE EXECUTE ON FUNCTION %s FROM PUBLIC;".formatted(signature());
        }

        /// The user's right to call it.
        public String grant(String user) {
            return "GRANT EXECUTE ON FUNCTION %s TO %s;".formatted(signature(), user);
        }

        /// What takes it away.
        public String drop() {
            return "DROP FUNCTION %s;".formatted(signature());
        }

        private String signature() {
            return "millrace.%s(%s)".formatted(functionName, takes);
        }
    }

    private VisibilitySetup() {}

    /// The extension that shows visibility maps, to superusers.
    ///
    /// @param schema where its own functions come to lie
    public static String extension(String schema) {
        return "CREATE EXTENSION IF NOT EXISTS pg_visibility SCHEMA %s;".formatted(schema);
    }

    /// The user's right to enter the schema.
    public static String usage(String user) {
        return "GRANT USAGE ON SCHEMA millrace TO %s;".formatted(user);
    }

    /// All of it, for a database that has nothing of it.
    static String statements(String user) {
        List<String> statements = new ArrayList<>(List.of(extension("public"), SCHEMA, usage(user)));
        for (Function function : Function.values()) {
            statements.addAll(List.of(function.create("public"), function.close(), function.grant(user)));
        }
        return String.join("\n", statements);
    }
}
