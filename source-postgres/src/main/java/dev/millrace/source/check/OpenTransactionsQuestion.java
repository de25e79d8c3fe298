package dev.millrace.source.check;

import dev.millrace.core.check.Finding;
import dev.millrace.core.check.SetupTest;
import dev.millrace.source.Following;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/// Whether transactions have been open for so long that they hold back the log, or the rows that vacuum could remove.
///
/// @param lasting from when on one is worth a word
/// @param idsMany the same in transactions that have begun since, for those whose time this user may not see
record OpenTransactionsQuestion(CheckSettings settings, Duration lasting, long idsMany) implements Question {

    private static final Duration LASTING = Duration.ofMinutes(10);
    private static final long IDS_MANY = 100_000;
    private static final int TOLD_MAX = 20;

    OpenTransactionsQuestion(CheckSettings settings) {
        this(settings, LASTING, IDS_MANY);
    }

    @Override
    public SetupTest test() {
        return SetupTest.OPEN_TRANSACTIONS;
    }

    @Override
    public List<Finding> ask(Connection session) throws SQLException {
        List<Finding> findings = new ArrayList<>();
        boolean someHidden = open(session, findings);
        prepared(session, findings);
        if (findings.isEmpty()) {
            findings.add(Finding.passed(
                    test(),
                    "No transaction has been open for %s or longer.%s".formatted(
                            CheckText.duration(lasting),
                            someHidden ? " Of other users' only members of pg_read_all_stats see the time; by their ids they are young." : "")));
        }
        return findings;
    }

    /// Whether some of them do not show their time.
    private boolean open(Connection session, List<Finding> findings) throws SQLException {
        boolean someHidden = false;
        try (Statement statement = session.createStatement();
                ResultSet row = statement.executeQuery(CheckSql.TRANSACTIONS)) {
            while (row.next()) {
                boolean isHidden = row.getBoolean("hidden");
                someHidden |= isHidden;
                Duration age = Duration.ofSeconds(row.getLong("seconds"));
                boolean isLong = isHidden ? row.getLong("ids") >= idsMany : age.compareTo(lasting) >= 0;
                if (isLong && findings.size() < TOLD_MAX) {
                    String since = isHidden
                            ? "%d transactions have begun since (how long ago that was only members of pg_read_all_stats see)".formatted(row.getLong("ids"))
                            : "open for " + CheckText.age(age);
                    findings.add(Finding.warning(
                            test(),
                            "Process %d (user %s, application_name %s%s, database %s) is in a transaction, %s. %s".formatted(
                                    row.getLong("pid"),
                                    row.getString("usename"),
                                    row.getString("application_name").isEmpty() ? "not set" : row.getString("application_name"),
                                    row.getString("client_addr").isEmpty() ? "" : ", from " + row.getString("client_addr"),
                                    row.getString("datname"),
                                    since,
                                    row.getBoolean("writes") ? heldByWriter() : heldByReader()),
                            "-- ends it, and takes back what it has not committed:\nSELECT pg_terminate_backend(%d);".formatted(row.getLong("pid"))));
                }
            }
        }
        return someHidden;
    }

    private void prepared(Connection session, List<Finding> findings) throws SQLException {
        try (Statement statement = session.createStatement();
                ResultSet row = statement.executeQuery(CheckSql.PREPARED)) {
            while (row.next()) {
                Duration age = Duration.ofSeconds(row.getLong("seconds"));
                if (age.compareTo(lasting) >= 0 && findings.size() < 2 * TOLD_MAX) {
                    findings.add(Finding.warning(
                            test(),
                            "Transaction %s of user %s in database %s was prepared %s ago and neither committed nor rolled back. %s".formatted(
                                    row.getString("gid"), row.getString("owner"), row.getString("database"), CheckText.age(age), heldByWriter()),
                            "-- in database %s, whichever of the two is right:\nCOMMIT PREPARED %s;\nROLLBACK PREPARED %2$s;".formatted(
                                    CheckText.inComment(row.getString("database")), CheckSql.literal(row.getString("gid")))));
                }
            }
        }
    }

    private String heldByWriter() {
        return settings.following() instanceof Following.Log
                ? "Until it ends, the server keeps all log from its beginning on, and a new slot cannot be made."
                : "Until it ends, each look reads again what was written since it began.";
    }

    private static String heldByReader() {
        return "Until it ends, no vacuum removes what it may still see.";
    }
}
