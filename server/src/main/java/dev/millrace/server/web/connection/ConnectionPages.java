package dev.millrace.server.web.connection;

import dev.millrace.core.shape.TableName;
import dev.millrace.server.Fields;
import dev.millrace.server.Refusal;
import dev.millrace.server.connection.ConnectionRecord;
import dev.millrace.server.member.Role;
import dev.millrace.server.run.Runs;
import dev.millrace.server.state.Json;
import dev.millrace.server.web.Routes;
import dev.millrace.server.web.Site;
import dev.millrace.server.web.Visit;
import java.util.List;

/// What is done to a connection by a button.
///
/// @param site that it is part of
public record ConnectionPages(Site site) {

    /// Adds its routes.
    public void addTo(Routes routes) {
        routes.post("/connections/{id}/pause", Role.EDITOR, visit -> pause(visit, true));
        routes.post("/connections/{id}/resume", Role.EDITOR, visit -> pause(visit, false));
        routes.post("/connections/{id}/sync", Role.EDITOR, this::sync);
        routes.post("/connections/{id}/resync", Role.EDITOR, this::resync);
        routes.post("/connections/{id}/delete", Role.EDITOR, this::delete);
    }

    private void pause(Visit visit, boolean paused) {
        site.plane().setup().change(visit.path("id"), new Fields(Json.object().put("paused", paused)), visit.actor());
        back(visit);
    }

    /// To where the button was.
    private static void back(Visit visit) {
        visit.go(visit.form("from").equals("list") ? "/" : "/connections/" + visit.path("id"));
    }

    private void sync(Visit visit) {
        ConnectionRecord connection = Head.connection(visit);
        site.plane().conductor().sync(connection, false);
        site.plane().audit().add(visit.actor(), "sync", "connection", connection.id(), Json.object());
        back(visit);
    }

    private void resync(Visit visit) {
        ConnectionRecord connection = Head.connection(visit);
        List<TableName> tables = visit.form("schema").isEmpty() ? List.of(Runs.EVERY_TABLE) : List.of(there(connection, SchemaPages.typed(visit)));
        site.plane().conductor().resync(connection, tables);
        site.plane().audit().add(visit.actor(), "resync", "connection", connection.id(), Json.object().put("tables", tables.toString()));
        back(visit);
    }

    /// What the source is known not to have cannot be copied again; what was never read is taken on trust.
    private TableName there(ConnectionRecord connection, TableName table) {
        return site.plane().schemas().known(connection).map(source -> source.require(table.schema(), table.table()).name()).orElse(table);
    }

    private void delete(Visit visit) {
        ConnectionRecord connection = Head.connection(visit);
        if (!visit.form("name").equals(connection.schemaPrefix())) {
            throw Refusal.invalid("The name that was typed is not '%s', so nothing was deleted.".formatted(connection.schemaPrefix()));
        }
        site.plane().setup().remove(connection.id(), visit.actor());
        visit.go("/");
    }
}
