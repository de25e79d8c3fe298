package dev.millrace.destination.postgres;

import dev.millrace.destination.postgres.type.TargetType;
import dev.millrace.destination.postgres.wire.OwnColumn;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// The temporary tables of the owner's session through which rows come to the tables: one for each list of types, used again and again.
///
/// PostgreSQL empties them in place when a transaction commits, which costs no row of its catalogue, as making and truncating them would.
final class Stages {

    /// Each costs a little at every commit, and as much as a table in the catalogue.
    private static final int MOST = 48;

    private final TargetSession session;
    private final Map<String, String> tables = new HashMap<>();
    private final Set<String> filled = new HashSet<>();

    Stages(TargetSession session) {
        this.session = session;
    }

    /// An empty table whose columns are `c0`, `c1` and so on, and then our own.
    String empty(List<TargetType> types, List<OwnColumn> own) {
        List<String> columns = new ArrayList<>();
        for (int i = 0; i < types.size(); i++) {
            columns.add("c" + i + " " + types.get(i).sql());
        }
        own.forEach(column -> columns.add(column.name() + " " + column.type().sql()));
        String signature = String.join(", ", columns);
        String table = tables.get(signature);
        if (table == null) {
            table = make(signature);
        } else if (filled.contains(table)) {
            session.run("TRUNCATE " + table);
        }
        filled.add(table);
        return table;
    }

    private String make(String signature) {
        if (tables.size() == MOST) {
            tables.values().forEach(table -> session.run("DROP TABLE IF EXISTS " + table));
            tables.clear();
        }
        String table = "pg_temp.millrace_stage_" + tables.size();
        session.run("DROP TABLE IF EXISTS " + table);
        session.run("CREATE TEMPORARY TABLE " + table.substring("pg_temp.".length()) + " (" + signature + ") ON COMMIT DELETE ROWS");
        tables.put(signature, table);
        return table;
    }

    /// What was done since is committed, so the tables are empty.
    void committed() {
        filled.clear();
    }

    /// What was done since is undone, and nobody knows which tables with it.
    void forget() {
        tables.clear();
        filled.clear();
    }
}
