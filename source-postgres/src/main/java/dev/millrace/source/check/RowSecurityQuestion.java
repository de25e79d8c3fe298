package dev.millrace.source.check;

import dev.millrace.core.check.Finding;
import dev.millrace.core.check.Outcome;
import dev.millrace.core.check.SetupTest;
import dev.millrace.core.shape.TableName;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/// Whether policies hide rows from the user, which PostgreSQL does in silence.
record RowSecurityQuestion(CheckSettings settings) implements Question {

    @Override
    public SetupTest test() {
        return SetupTest.ROW_SECURITY;
    }

    @Override
    public List<Finding> ask(Connection session) throws SQLException {
        List<WantedTable> hidden = WantedTable.of(session, settings).stream().filter(WantedTable::hidesRows).toList();
        List<Finding> findings = new ArrayList<>();
        for (Outcome outcome : List.of(Outcome.FAILED, Outcome.WARNING)) {
            List<TableName> tables =
                    hidden.stream().filter(table -> table.ifLeftOut() == outcome).map(WantedTable::name).toList();
            if (!tables.isEmpty()) {
                findings.add(new Finding(
                        test(),
                        outcome,
                        "Row-level security applies to the user in %s: a copy might not be whole, so they are not copied.".formatted(CheckText.names(tables)),
                        "ALTER ROLE %s BYPASSRLS;\n-- or unselect the tables in `schemas`".formatted(TableName.quote(settings.user())),
                        List.of()));
            }
        }
        return findings.isEmpty() ? List.of(Finding.passed(test(), "No policy hides rows of the selected tables from the user.")) : findings;
    }
}
