package dev.millrace.source.check;

import dev.millrace.core.check.Finding;
import dev.millrace.core.check.Outcome;
import dev.millrace.core.check.SetupTest;
import dev.millrace.core.secret.Salt;
import dev.millrace.core.shape.TableName;
import dev.millrace.source.Following;
import dev.millrace.source.catalog.CatalogReader;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/// Whether the user may read the tables and columns that are selected.
record ReadableQuestion(CheckSettings settings) implements Question {

    @Override
    public SetupTest test() {
        return SetupTest.READABLE;
    }

    @Override
    public List<Finding> ask(Connection session) throws SQLException {
        List<Finding> findings = new ArrayList<>();
        new CatalogReader(session, settings.following().scope(), settings.selection(), Salt.random())
                .missing()
                .forEach(table -> findings.add(Finding.failed(test(), "%s: %s".formatted(table.table(), table.reason()), table.remedy())));
        List<WantedTable> tables = WantedTable.of(session, settings);
        if (tables.isEmpty()) {
            findings.add(Finding.failed(
                    test(),
                    settings.following() instanceof Following.Log(_, String publication)
                            ? "Publication %s holds no table that is selected, so there is nothing to copy.".formatted(publication)
                            : "The database has no table that is selected, so there is nothing to copy.",
                    "Correct `schemas` in the settings, or see Publication."));
            return findings;
        }
        boolean isLog = settings.following() instanceof Following.Log;
        for (Outcome outcome : List.of(Outcome.FAILED, Outcome.WARNING)) {
            List<WantedTable> unreadable = those(tables, table -> isUnreadable(table) && table.ifLeftOut() == outcome);
            add(findings, outcome, unreadable, "The user may not read %s, so they are not copied: %s.".formatted("these tables", names(unreadable)));
            List<WantedTable> partly = those(tables, table -> !isUnreadable(table) && !lacking(table).isEmpty() && ifColumnsLack(table) == outcome);
            add(findings, outcome, partly, "The user may not read these columns, so they are not copied, and without its key a table is not: %s."
                    .formatted(CheckText.names(partly.stream().map(table -> "%s (%s)".formatted(table.name(), String.join(", ", lacking(table)))).toList())));
            List<WantedTable> unmarked =
                    those(tables, table -> !isLog && !isUnreadable(table) && !table.mayReadXmin() && table.ifLeftOut() == outcome);
            add(findings, outcome, unmarked, "The user may not read the system column xmin, by which changed rows are found, of %s; they are not copied."
                    .formatted(names(unmarked)));
        }
        List<WantedTable> unplaced = those(tables, table -> !isUnreadable(table) && !table.mayReadPlace());
        add(findings, Outcome.WARNING, unplaced, "The user may not read the system column ctid of %s; each is copied by one session in one piece, which is slower and starts over after an interruption."
                .formatted(names(unplaced)));
        if (findings.isEmpty()) {
            findings.add(Finding.passed(test(), "The user may read %s.".formatted(tables.size() == 1
                    ? "the one table that is selected" : "all %d tables that are selected".formatted(tables.size()))));
        }
        return findings;
    }

    private static List<WantedTable> those(List<WantedTable> tables, Predicate<WantedTable> condition) {
        return tables.stream().filter(condition).toList();
    }

    private void add(List<Finding> findings, Outcome outcome, List<WantedTable> tables, String message) {
        if (!tables.isEmpty()) {
            String remedy = grants(tables);
            findings.add(new Finding(test(), outcome, message, remedy, List.of()));
        }
    }

    private static String names(List<WantedTable> tables) {
        return CheckText.names(tables.stream().map(WantedTable::name).toList());
    }

    private static boolean isUnreadable(WantedTable table) {
        return !table.mayEnter() || table.readable().isEmpty();
    }

    /// The wanted columns that may not be read.
    private List<String> lacking(WantedTable table) {
        return table.wanted(settings).stream().filter(column -> !table.readable().contains(column)).toList();
    }

    private Outcome ifColumnsLack(WantedTable table) {
        boolean isNamed = lacking(table).stream()
                .anyMatch(column -> table.key().contains(column) && table.isNamed() || settings.selection().named(table.name()).contains(column));
        return isNamed ? Outcome.FAILED : Outcome.WARNING;
    }

    /// What grants what is lacking: whole tables where whole tables are wanted, else columns.
    private String grants(List<WantedTable> tables) {
        String user = TableName.quote(settings.user());
        Set<String> statements = new LinkedHashSet<>();
        tables.stream()
                .filter(table -> !table.mayEnter())
                .map(table -> "GRANT USAGE ON SCHEMA %s TO %s;".formatted(TableName.quote(table.name().schema()), user))
                .forEach(statements::add);
        tables.stream()
                .filter(table -> !table.mayReadAll())
                .map(table -> "GRANT SELECT %sON %s TO %s;".formatted(columns(table), table.name().quoted(), user))
                .forEach(statements::add);
        return String.join("\n", statements);
    }

    private String columns(WantedTable table) {
        List<String> wanted = table.wanted(settings);
        boolean isWhole = wanted.size() == table.columns().size() && table.readable().isEmpty();
        if (isWhole) {
            return "";
        }
        List<String> all = new ArrayList<>(wanted.stream().map(TableName::quote).toList());
        all.addAll(system(table, settings.following() instanceof Following.Log));
        return all.stream().collect(Collectors.joining(", ", "(", ") "));
    }

    /// The system columns that are read besides.
    private static List<String> system(WantedTable table, boolean isLog) {
        return Arrays.asList(isLog ? "ctid" : "xmin, ctid", table.isPartitioned() ? "tableoid" : "").stream()
                .filter(name -> !name.isEmpty())
                .toList();
    }
}
