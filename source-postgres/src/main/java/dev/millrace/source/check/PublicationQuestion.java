package dev.millrace.source.check;

import dev.millrace.core.check.Finding;
import dev.millrace.core.check.Outcome;
import dev.millrace.core.check.SetupTest;
import dev.millrace.core.secret.Salt;
import dev.millrace.core.shape.TableName;
import dev.millrace.core.source.Catalog;
import dev.millrace.source.Following;
import dev.millrace.source.catalog.CatalogReader;
import dev.millrace.source.catalog.Scope;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Whether the publication is there and holds what shall be followed.
record PublicationQuestion(CheckSettings settings) implements Question {

    private static final int PG_13 = 13;

    @Override
    public SetupTest test() {
        return SetupTest.PUBLICATION;
    }

    @Override
    public List<Finding> ask(Connection session) throws SQLException {
        return settings.following() instanceof Following.Log(_, String publication)
                ? new Published(session, publication).findings()
                : List.of(Finding.skipped(test(), "The log is not read with this `update_method`."));
    }

    /// The questions about one publication.
    private final class Published {

        private final Connection session;
        private final String name;
        private final String quoted;
        private final List<Finding> findings = new ArrayList<>();

        Published(Connection session, String name) {
            this.session = session;
            this.name = name;
            this.quoted = TableName.quote(name);
        }

        List<Finding> findings() throws SQLException {
            boolean rootIsShown;
            Map<String, Boolean> operations = new LinkedHashMap<>();
            try (PreparedStatement statement = session.prepareStatement(CheckSql.PUBLICATION)) {
                statement.setString(1, name);
                try (ResultSet row = statement.executeQuery()) {
                    if (!row.next()) {
                        return List.of(missing());
                    }
                    operations.put("insert", row.getBoolean("pubinsert"));
                    operations.put("update", row.getBoolean("pubupdate"));
                    operations.put("delete", row.getBoolean("pubdelete"));
                    operations.put("truncate", row.getBoolean("pubtruncate"));
                    rootIsShown = row.getBoolean("via_root");
                }
            }
            coverage();
            operations(operations);
            if (operations.get("update") || operations.get("delete")) {
                identities();
            }
            parts(rootIsShown);
            return findings;
        }

        private Finding missing() throws SQLException {
            String root = session.getMetaData().getDatabaseMajorVersion() >= PG_13 ? " WITH (publish_via_partition_root = true)" : "";
            return Finding.failed(
                    test(),
                    "There is no publication %s in this database, so there is no list of tables to follow.".formatted(name),
                    "CREATE PUBLICATION %s FOR ALL TABLES%s; -- or FOR TABLE ...%n-- the slot must be made after it, and anew if there was one"
                            .formatted(quoted, root));
        }

        private void coverage() throws SQLException {
            CatalogReader reader = new CatalogReader(session, new Scope.Published(name), settings.selection(), Salt.random());
            List<TableName> outside = reader.outside().stream()
                    .filter(table -> !table.remedy().isEmpty())
                    .map(Catalog.LeftOut::table)
                    .toList();
            for (Outcome outcome : List.of(Outcome.FAILED, Outcome.WARNING)) {
                List<TableName> tables = outside.stream().filter(table -> ifLeftOut(table) == outcome).toList();
                if (!tables.isEmpty()) {
                    findings.add(new Finding(
                            test(),
                            outcome,
                            "%s selected and not in publication %s, so nothing of them is copied: %s.".formatted(
                                    tables.size() == 1 ? "1 table is" : tables.size() + " tables are", name, CheckText.names(tables)),
                            adding(tables),
                            List.of()));
                }
            }
            int wanted = WantedTable.of(session, settings).size();
            if (wanted == 0) {
                findings.add(Finding.failed(
                        test(),
                        "Publication %s holds no table that is selected.".formatted(name),
                        outside.isEmpty()
                                ? "Correct `schemas` in the settings."
                                : adding(outside)));
            } else {
                findings.add(Finding.passed(
                        test(), "Publication %s holds %s.".formatted(name, wanted == 1 ? "1 selected table" : wanted + " selected tables")));
            }
        }

        /// In a publication the source would refuse updates and deletes of a table without an identity, so it gets one first.
        private String adding(List<TableName> tables) throws SQLException {
            String add = "ALTER PUBLICATION %s ADD TABLE %s;".formatted(quoted, CheckText.quoted(tables));
            List<TableName> unidentified = new ArrayList<>();
            try (PreparedStatement statement = session.prepareStatement(CheckSql.UNIDENTIFIED)) {
                statement.setArray(1, session.createArrayOf("text", tables.stream().map(TableName::schema).toArray()));
                statement.setArray(2, session.createArrayOf("text", tables.stream().map(TableName::table).toArray()));
                try (ResultSet row = statement.executeQuery()) {
                    while (row.next()) {
                        unidentified.add(new TableName(row.getString("nspname"), row.getString("relname")));
                    }
                }
            }
            return unidentified.isEmpty()
                    ? add
                    : "%s%n-- only then, since the source would refuse updates and deletes in what is published without:%n%s"
                            .formatted(identifying(unidentified), add);
        }

        private static String identifying(List<TableName> tables) {
            StringBuilder remedy = new StringBuilder("-- add a primary key to each, or:");
            tables.forEach(table -> remedy.append("\nALTER TABLE %s REPLICA IDENTITY FULL;".formatted(table.quoted())));
            return remedy.toString();
        }

        private Outcome ifLeftOut(TableName table) {
            return settings.selection().named().contains(table) ? Outcome.FAILED : Outcome.WARNING;
        }

        private void operations(Map<String, Boolean> operations) {
            List<String> leftOut =
                    operations.entrySet().stream().filter(operation -> !operation.getValue()).map(Map.Entry::getKey).toList();
            if (!leftOut.isEmpty()) {
                findings.add(Finding.warning(
                        test(),
                        "Publication %s leaves out %s; the copy will not have them.".formatted(name, String.join(", ", leftOut)),
                        "ALTER PUBLICATION %s SET (publish = 'insert, update, delete, truncate');".formatted(quoted)));
            }
        }

        private void identities() throws SQLException {
            List<TableName> tables = new ArrayList<>();
            try (PreparedStatement statement = session.prepareStatement(CheckSql.WITHOUT_IDENTITY)) {
                statement.setString(1, name);
                try (ResultSet row = statement.executeQuery()) {
                    while (row.next()) {
                        tables.add(new TableName(row.getString("nspname"), row.getString("relname")));
                    }
                }
            }
            for (Outcome outcome : List.of(Outcome.FAILED, Outcome.WARNING)) {
                List<TableName> those = tables.stream()
                        .filter(table -> (settings.selection().includes(table) ? Outcome.FAILED : Outcome.WARNING) == outcome)
                        .toList();
                if (!those.isEmpty()) {
                    findings.add(new Finding(
                            test(),
                            outcome,
                            "Neither a primary key nor a replica identity: %s. The source refuses updates and deletes in them for as long as they are published, and they are not copied."
                                    .formatted(CheckText.names(those)),
                            identifying(those),
                            List.of()));
                }
            }
        }

        private void parts(boolean rootIsShown) throws SQLException {
            List<TableName> filtered = new ArrayList<>();
            List<TableName> listed = new ArrayList<>();
            List<TableName> partitions = new ArrayList<>();
            try (PreparedStatement statement = session.prepareStatement(CheckSql.PARTS)) {
                statement.setString(1, name);
                try (ResultSet row = statement.executeQuery()) {
                    while (row.next()) {
                        TableName table = new TableName(row.getString("nspname"), row.getString("relname"));
                        if (row.getBoolean("filtered")) {
                            filtered.add(table);
                        }
                        if (row.getBoolean("listed")) {
                            listed.add(table);
                        }
                        if (row.getBoolean("partition")) {
                            partitions.add(table);
                        }
                    }
                }
            }
            if (!filtered.isEmpty()) {
                findings.add(Finding.passed(
                        test(), "The publication has a row filter for %s; other rows are not copied.".formatted(CheckText.names(filtered))));
            }
            if (!listed.isEmpty()) {
                findings.add(Finding.passed(
                        test(), "The publication lists columns of %s; others are not copied.".formatted(CheckText.names(listed))));
            }
            if (!rootIsShown && !partitions.isEmpty()) {
                boolean mayShow = session.getMetaData().getDatabaseMajorVersion() >= PG_13;
                findings.add(Finding.warning(
                        test(),
                        "Publication %s shows partitions as tables of their own: %s. Each becomes a table in the copy, and one that is added later is copied anew."
                                .formatted(name, CheckText.names(partitions)),
                        mayShow
                                ? "ALTER PUBLICATION %s SET (publish_via_partition_root = true);".formatted(quoted)
                                : "PostgreSQL can show them as their root from version 13 on."));
            }
        }
    }
}
