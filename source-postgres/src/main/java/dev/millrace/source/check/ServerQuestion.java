package dev.millrace.source.check;

import dev.millrace.core.check.Finding;
import dev.millrace.core.check.SetupTest;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Whether the server, which has let us in, is of a version that can be read.
record ServerQuestion(CheckSettings settings) implements Question {

    private static final int OLDEST = 11;
    private static final int OLDEST_SERVERLESS = 13;

    @Override
    public SetupTest test() {
        return SetupTest.DATABASE;
    }

    @Override
    public List<Finding> ask(Connection session) throws SQLException {
        int major;
        String version;
        boolean isStandby;
        boolean isAurora;
        try (Statement statement = session.createStatement();
                ResultSet row = statement.executeQuery(CheckSql.SERVER)) {
            row.next();
            major = row.getInt("major");
            version = row.getString("version");
            isStandby = row.getBoolean("standby");
            isAurora = row.getBoolean("aurora");
        }
        Optional<String> aurora = isAurora ? Optional.of(aurora(session)) : Optional.empty();
        return List.of(finding(major, String.valueOf(version), isStandby, aurora.orElse(null)));
    }

    private static String aurora(Connection session) throws SQLException {
        try (Statement statement = session.createStatement();
                ResultSet row = statement.executeQuery(CheckSql.AURORA_VERSION)) {
            return row.next() ? String.valueOf(row.getString(1)) : "";
        }
    }

    private Finding finding(int major, String version, boolean isStandby, @Nullable String aurora) {
        String server = "PostgreSQL %s%s%s".formatted(
                version, aurora == null ? "" : " on Amazon Aurora " + aurora, isStandby ? ", a standby" : "");
        if (major < OLDEST) {
            return Finding.failed(
                    test(),
                    "The server is %s; Millrace reads version %d and later.".formatted(server, OLDEST),
                    "Upgrade the server.");
        }
        if (aurora != null && major < OLDEST_SERVERLESS) {
            return Finding.warning(
                    test(),
                    "User %s is let into database %s. The server is %s. Whether it is Serverless v2 cannot be told from here; of that, version %d and later can be read."
                            .formatted(settings.user(), settings.database(), server, OLDEST_SERVERLESS),
                    "Nothing where its instances have a class of their own; see: aws rds describe-db-instances --query \"DBInstances[].DBInstanceClass\""
                            + " (db.serverless is Serverless v2, which is to be upgraded).");
        }
        return Finding.passed(
                test(), "User %s is let into database %s. The server is %s.".formatted(settings.user(), settings.database(), server));
    }
}
