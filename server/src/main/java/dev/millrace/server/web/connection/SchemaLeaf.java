package dev.millrace.server.web.connection;

import dev.millrace.core.destination.SyncMode;
import dev.millrace.core.shape.TableName;
import dev.millrace.server.connection.ConnectionRecord;
import dev.millrace.server.connection.Standing;
import dev.millrace.server.connection.Standing.Setup;
import dev.millrace.server.member.Role;
import dev.millrace.server.web.Visit;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;

/// A table on the schema page.
///
/// @param place whose table it is, and for whom it is shown
/// @param schema at the source
/// @param name at the source
/// @param target what it is called at the destination
/// @param enabled whether it is copied
/// @param mode what becomes of its rows
/// @param rows which of its rows are copied, in words; empty for all
/// @param obstacle why it cannot be copied; empty if it can
/// @param problem why what was asked for was not done; empty if nothing was refused
public record SchemaLeaf(Place place, String schema, String name, String target, boolean enabled, String mode, String rows, String obstacle, String problem) {

    /// Where tables are shown, and for whom.
    ///
    /// @param path of the connection
    /// @param csrf for its forms
    /// @param isEditor whether who looks may change something
    /// @param copied whether there is a first copy, which can be made again
    public record Place(String path, String csrf, boolean isEditor, boolean copied) {

        static Place of(Visit visit, ConnectionRecord connection) {
            Standing standing = visit.site().plane().connections().standing(connection.id());
            return new Place(
                    "/connections/" + connection.id(),
                    visit.login().csrf(),
                    visit.may(Role.EDITOR),
                    standing.setup() != Setup.INCOMPLETE && !standing.historical());
        }
    }

    /// A mode.
    public record Mode(String value, String text) {}

    /// One, as the API has it.
    ///
    /// @param of its schema
    /// @param table itself
    static SchemaLeaf of(Place place, TableName name, JsonNode of, JsonNode table, String problem) {
        JsonNode settable = table.path("enabled_patch_settings");
        return new SchemaLeaf(
                place,
                name.schema(),
                name.table(),
                "%s.%s".formatted(of.path("name_in_destination").asString(""), table.path("name_in_destination").asString("")),
                table.path("enabled").asBoolean(false),
                table.path("sync_mode").asString(""),
                RowFilterPages.words(table.path("row_filter")),
                settable.path("allowed").asBoolean(false) ? "" : settable.path("reason").asString("It cannot be copied."),
                problem);
    }

    /// What can become of rows that change or vanish.
    public List<Mode> modes() {
        return Stream.of(SyncMode.values()).map(one -> new Mode(one.name(), one.name().toLowerCase(Locale.ROOT).replace('_', ' '))).toList();
    }

    /// By what parts of it are asked for.
    public String query() {
        return query(new TableName(schema, name));
    }

    static String query(TableName table) {
        return "schema=%s&table=%s".formatted(encode(table.schema()), encode(table.table()));
    }

    static String encode(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }
}
