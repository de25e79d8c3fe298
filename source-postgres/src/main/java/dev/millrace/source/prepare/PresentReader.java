package dev.millrace.source.prepare;

import dev.millrace.core.shape.TableName;
import dev.millrace.source.Following;
import dev.millrace.source.frozen.VisibilitySetup;
import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/// Looks at what is there, through a session that stays the caller's.
///
/// @param session of an administrator, or of the user itself
/// @param isAdmin which of the two
record PresentReader(Connection session, PrepareSettings settings, boolean isAdmin) {

    private static final int PG_15 = 15;

    Present read() throws SQLException {
        Present.Server server = server();
        return new Present(true, server, role(), schemas(), tables(), publication(server.version()), slot(), visibility());
    }

    private Present.Server server() throws SQLException {
        try (Statement statement = session.createStatement();
                ResultSet row = statement.executeQuery(PrepareSql.SERVER)) {
            row.next();
            Optional<Present.Admin> admin = isAdmin
                    ? Optional.of(new Present.Admin(row.getString("me"), row.getBoolean("superuser"), row.getBoolean("real")))
                    : Optional.empty();
            return new Present.Server(
                    row.getInt("version"),
                    row.getBoolean("standby"),
                    row.getBoolean("logical"),
                    row.getBoolean("has_rds_role"),
                    row.getBoolean("has_iam_role"),
                    admin);
        }
    }

    private Optional<Present.Role> role() throws SQLException {
        return first(PrepareSql.ROLE, settings.user(), row -> new Present.Role(
                true,
                row.getBoolean("rolcanlogin"),
                row.getBoolean("may_replicate"),
                row.getBoolean("takes_tokens"),
                row.getBoolean("may_connect"),
                row.getBoolean("rolsuper"),
                row.getBoolean("owns"),
                row.getBoolean("elsewhere"),
                row.getBoolean("rights"),
                row.getBoolean("marked"),
                row.getBoolean("members")));
    }

    private List<Present.Schema> schemas() throws SQLException {
        return all(PrepareSql.SCHEMAS, settings.user(), row ->
                new Present.Schema(row.getString("nspname"), row.getBoolean("may_use"), Set.copyOf(texts(row.getArray("granting")))));
    }

    private List<Present.Table> tables() throws SQLException {
        return all(PrepareSql.TABLES, settings.user(), row -> new Present.Table(
                name(row),
                row.getBoolean("partitioned"),
                row.getBoolean("partition"),
                row.getBoolean("publishable"),
                row.getString("owner"),
                row.getBoolean("may_act_as_owner"),
                row.getBoolean("has_identity"),
                texts(row.getArray("columns")),
                texts(row.getArray("key")),
                row.getBoolean("may_read_all"),
                Set.copyOf(texts(row.getArray("readable")))));
    }

    private Optional<Present.Publication> publication(int version) throws SQLException {
        if (!(settings.following() instanceof Following.Log(String slot, String publication))) {
            return Optional.empty();
        }
        Set<TableName> tables = new HashSet<>(all(PrepareSql.PUBLISHED, publication, PresentReader::name));
        if (version >= PG_15) {
            tables.addAll(all(PrepareSql.PUBLISHED_BY_SCHEMA, publication, PresentReader::name));
        }
        List<String> others = all(PrepareSql.OTHER_READERS, slot, row -> row.getString("slot_name"));
        return first(PrepareSql.PUBLICATION, publication, row -> new Present.Publication(
                row.getBoolean("puballtables"),
                row.getBoolean("via_root"),
                tables,
                row.getString("owner"),
                row.getBoolean("administrators"),
                others));
    }

    private Optional<Present.Slot> slot() throws SQLException {
        return settings.following() instanceof Following.Log(String slot, _)
                ? first(PrepareSql.SLOT, slot, row -> new Present.Slot(row.getBoolean("active"), row.getBoolean("ours")))
                : Optional.empty();
    }

    private Present.Visibility visibility() throws SQLException {
        return first(PrepareSql.VISIBILITY, settings.user(), row -> new Present.Visibility(
                        row.getBoolean("available"),
                        Optional.ofNullable(row.getString("extension")),
                        row.getBoolean("has_schema"),
                        functions(row.getArray("functions")),
                        row.getBoolean("alone"),
                        row.getBoolean("may_use"),
                        functions(row.getArray("executable")),
                        row.getBoolean("others_execute")))
                .orElseThrow();
    }

    private interface RowReader<T> {
        T read(ResultSet row) throws SQLException;
    }

    private <T> Optional<T> first(String sql, String name, RowReader<T> reader) throws SQLException {
        return all(sql, name, reader).stream().findFirst();
    }

    private <T> List<T> all(String sql, String name, RowReader<T> reader) throws SQLException {
        List<T> all = new ArrayList<>();
        try (PreparedStatement statement = session.prepareStatement(sql)) {
            statement.setString(1, name);
            try (ResultSet row = statement.executeQuery()) {
                while (row.next()) {
                    all.add(reader.read(row));
                }
            }
        }
        return all;
    }

    private static TableName name(ResultSet row) throws SQLException {
        return new TableName(row.getString("nspname"), row.getString("relname"));
    }

    private static Set<VisibilitySetup.Function> functions(Array names) throws SQLException {
        List<String> there = texts(names);
        return Arrays.stream(VisibilitySetup.Function.values())
                .filter(function -> there.contains(function.functionName()))
                .collect(Collectors.toUnmodifiableSet());
    }

    private static List<String> texts(Array array) throws SQLException {
        return List.of((String[]) array.getArray());
    }
}
