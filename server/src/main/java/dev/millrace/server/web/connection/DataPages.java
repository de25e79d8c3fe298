package dev.millrace.server.web.connection;

import dev.millrace.core.destination.RowSink;
import dev.millrace.core.destination.StopSignal;
import dev.millrace.core.fault.Fault;
import dev.millrace.core.shape.TableName;
import dev.millrace.server.Refusal;
import dev.millrace.server.connection.ConnectionRecord;
import dev.millrace.server.member.Role;
import dev.millrace.server.web.Routes;
import dev.millrace.server.web.Site;
import dev.millrace.server.web.Visit;
import dev.millrace.worker.holder.CopyDesk;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// The copied rows: a look at a table, and a query of one's own.
///
/// @param site that it is part of
public record DataPages(Site site) {

    private static final int ROWS = 100;
    private static final int TABLES = 5_000;

    /// The page.
    ///
    /// @param tables of the copy, `schema.table` as the destination has them
    /// @param sql that was run; empty for none
    public record DataPage(Head head, List<Table> tables, String table, String sql, Optional<Sheet> sheet, String problem) {}

    /// A table of the copy.
    ///
    /// @param name as the destination has it
    /// @param isOpen whether its rows are shown
    public record Table(String name, String key, boolean isOpen) {}

    /// Rows.
    ///
    /// @param cut whether there are more
    public record Sheet(List<RowSink.Head> heads, List<List<@Nullable Object>> rows, boolean cut) {}

    /// Adds its routes.
    public void addTo(Routes routes) {
        routes.get("/connections/{id}/data", this::show);
        routes.post("/connections/{id}/data", Role.VIEWER, this::query);
    }

    private void show(Visit visit) {
        ConnectionRecord connection = Head.connection(visit);
        Optional<TableName> wanted = visit.query("schema").flatMap(schema -> visit.query("table").map(table -> new TableName(schema, table)));
        String sql = wanted.map(table -> "SELECT * FROM %s LIMIT %d".formatted(table.quoted(), ROWS)).orElse("");
        page(visit, connection, wanted, sql);
    }

    private void query(Visit visit) {
        page(visit, Head.connection(visit), Optional.empty(), visit.form("sql").strip());
    }

    private void page(Visit visit, ConnectionRecord connection, Optional<TableName> open, String sql) {
        Asking asking = new Asking(site.plane());
        List<TableName> tables = List.of();
        Optional<Sheet> sheet = Optional.empty();
        String problem = "";
        try {
            tables = asking.ask(connection, desk -> tables(desk, connection.schemaPrefix())).orElse(List.of());
            if (!sql.isEmpty()) {
                sheet = asking.ask(connection, desk -> new OneSelect(desk).rows(sql, ROWS));
            }
        } catch (Fault fault) {
            problem = "%s %s".formatted(fault.description(), fault.remedy());
        } catch (Refusal refusal) {
            problem = refusal.description();
        }
        visit.show("data", new DataPage(
                Head.of(visit, connection, Head.Tab.DATA),
                tables.stream().map(table -> new Table(table.schema() + "." + table.table(), key(table), open.filter(table::equals).isPresent())).toList(),
                open.map(TableName::toString).orElse(""),
                sql,
                sheet,
                problem));
    }

    private static String key(TableName table) {
        return "?schema=%s&table=%s".formatted(encode(table.schema()), encode(table.table()));
    }

    private static String encode(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    /// The tables in the schemas of a connection, which begin with its prefix.
    private static List<TableName> tables(CopyDesk desk, String prefix) {
        Rows rows = new Rows(TABLES, new StopSignal());
        String begin = "'" + prefix.replace("'", "''") + "'";
        desk.query(
                "SELECT schema_name, table_name FROM duckdb_tables() WHERE (schema_name = %1$s OR starts_with(schema_name, %1$s || '_')) ORDER BY 1, 2".formatted(begin),
                rows,
                rows.enough());
        return rows.sheet().rows().stream().map(row -> new TableName(String.valueOf(row.get(0)), String.valueOf(row.get(1)))).toList();
    }
}
