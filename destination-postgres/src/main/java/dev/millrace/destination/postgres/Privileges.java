package dev.millrace.destination.postgres;

import dev.millrace.core.shape.TableName;

/// Who may read a table, which a copy that takes its place has to know too.
final class Privileges {

    private final TargetSession session;

    Privileges(TargetSession session) {
        this.session = session;
    }

    /// Grants on one table what was granted on the other.
    void carryOver(TargetTable from, TargetTable to) {
        session.query(
                        """
                        SELECT a.privilege_type, a.is_grantable, CASE WHEN a.grantee = 0 THEN NULL ELSE r.rolname END
                        FROM pg_class c CROSS JOIN LATERAL aclexplode(c.relacl) a LEFT JOIN pg_roles r ON r.oid = a.grantee
                        WHERE c.oid = to_regclass(?) AND a.grantee <> c.relowner""",
                        row -> "GRANT " + row.getString(1) + " ON " + to.sql() + " TO "
                                + (row.getString(3) == null ? "PUBLIC" : TableName.quote(row.getString(3)))
                                + (row.getBoolean(2) ? " WITH GRANT OPTION" : ""),
                        from.sql())
                .forEach(session::run);
    }
}
