package dev.millrace.server.web.connection;

import dev.millrace.core.destination.StopSignal;
import dev.millrace.core.shape.TableName;
import dev.millrace.server.Refusal;
import dev.millrace.server.web.connection.DataPages.Sheet;
import dev.millrace.worker.holder.CopyDesk;
import java.time.Duration;
import java.util.HashSet;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// One SELECT of somebody who may see the copy, and nothing else of the server's machine.
///
/// DuckDB's SQL also reads and writes files, loads extensions and changes settings. So it is DuckDB that takes the statement apart first: what is not one SELECT has no such tree, and
/// in the tree only tables that the file has, and functions that make rows of nothing, may be read from.
///
/// @param desk that answers
record OneSelect(CopyDesk desk) {

    /// Statements nest deeper than what the API takes.
    private static final JsonMapper TREES = new JsonMapper();
    private static final Duration LONGEST = Duration.ofSeconds(30);
    private static final Set<String> HARMLESS = Set.of("range", "generate_series", "unnest", "duckdb_tables", "duckdb_columns", "duckdb_views");
    private static final Set<String> CATALOGS = Set.of("information_schema", "pg_catalog");

    /// Its first rows.
    ///
    /// @throws Refusal if it is none that may be asked
    Sheet rows(String sql, int most) {
        require(tree(sql));
        StopSignal enough = new StopSignal();
        Rows rows = new Rows(most, enough);
        CountDownLatch ended = new CountDownLatch(1);
        Thread.ofVirtual().name("query-limit").start(() -> stopLate(ended, enough));
        try {
            desk.query(sql, rows, enough);
        } finally {
            ended.countDown();
        }
        Sheet sheet = rows.sheet();
        if (enough.isGiven() && !sheet.cut()) {
            throw Refusal.conflict("The query took longer than %d s, so it was stopped. Ask for less, or query the file with DuckDB.".formatted(LONGEST.toSeconds()));
        }
        return sheet;
    }

    private static void stopLate(CountDownLatch ended, StopSignal enough) {
        try {
            if (!ended.await(LONGEST.toMillis(), TimeUnit.MILLISECONDS)) {
                enough.give();
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    private JsonNode tree(String sql) {
        Rows answer = new Rows(1, new StopSignal());
        desk.query("SELECT json_serialize_sql('%s')".formatted(sql.replace("'", "''")), answer, answer.enough());
        JsonNode tree = TREES.readTree(String.valueOf(answer.sheet().rows().getFirst().getFirst()));
        if (tree.path("error").asBoolean(true)) {
            String type = tree.path("error_type").asString("");
            throw Refusal.invalid(type.equals("not implemented")
                    ? "Only one SELECT can be asked here."
                    : "DuckDB does not understand the statement: " + tree.path("error_message").asString(""));
        }
        if (tree.path("statements").size() != 1) {
            throw Refusal.invalid("Only one SELECT can be asked here; these are %d.".formatted(tree.path("statements").size()));
        }
        return tree;
    }

    private void require(JsonNode tree) {
        Set<String> named = new HashSet<>();
        names(tree, named);
        require(tree, named);
    }

    /// The names that the statement itself gives, in WITH. One that could be a file's counts for nothing: it may be given in one place and read in another.
    private static void names(JsonNode node, Set<String> named) {
        node.path("cte_map").path("map").forEach(entry -> {
            String name = entry.path("key").asString("").toLowerCase(Locale.ROOT);
            if (name.matches("\\w+")) {
                named.add(name);
            }
        });
        node.forEach(inner -> names(inner, named));
    }

    private void require(JsonNode node, Set<String> named) {
        String type = node.path("type").asString("");
        if (type.equals("BASE_TABLE")) {
            requireTable(node, named);
        } else if (type.equals("TABLE_FUNCTION")) {
            String function = node.path("function").path("function_name").asString("").toLowerCase(Locale.ROOT);
            if (!HARMLESS.contains(function)) {
                throw Refusal.invalid("Rows can be read of tables only, and '%s' is none.".formatted(function));
            }
        } else if (type.equals("SHOW_REF") && node.path("table_name").asString("").matches(".*[./\\\\'].*")) {
            throw Refusal.invalid("Only tables of the copy can be described here.");
        }
        node.forEach(inner -> require(inner, named));
    }

    /// Where DuckDB knows no table of a name it looks for a file.
    private void requireTable(JsonNode node, Set<String> named) {
        String schema = node.path("schema_name").asString("");
        String table = node.path("table_name").asString("");
        boolean given = schema.isEmpty() && named.contains(table.toLowerCase(Locale.ROOT));
        if (given || CATALOGS.contains(schema.toLowerCase(Locale.ROOT)) || isThere(schema, table)) {
            return;
        }
        throw Refusal.invalid("There is no table %s in the copy.".formatted(schema.isEmpty() ? TableName.quote(table) : new TableName(schema, table).quoted()));
    }

    private boolean isThere(String schema, String table) {
        Rows rows = new Rows(1, new StopSignal());
        desk.query(
                "SELECT 1 FROM information_schema.tables WHERE lower(table_name) = lower('%s') AND ('%2$s' = '' OR lower(table_schema) = lower('%2$s')) LIMIT 1"
                        .formatted(table.replace("'", "''"), schema.replace("'", "''")),
                rows,
                rows.enough());
        return !rows.sheet().rows().isEmpty();
    }
}
