package dev.millrace.source.check;

import dev.millrace.core.check.Finding;
import dev.millrace.core.check.SetupTest;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;

/// Whether every text of the database can be had as UTF-8.
record EncodingQuestion() implements Question {

    @Override
    public SetupTest test() {
        return SetupTest.ENCODING;
    }

    @Override
    public List<Finding> ask(Connection session) throws SQLException {
        try (Statement statement = session.createStatement();
                ResultSet row = statement.executeQuery(CheckSql.ENCODING)) {
            row.next();
            String encoding = row.getString(1);
            return List.of(
                    switch (encoding) {
                        case "UTF8" -> Finding.passed(test(), "The database's encoding is UTF8.");
                        case "SQL_ASCII" -> Finding.warning(
                                test(),
                                "The database's encoding is SQL_ASCII: it takes any bytes for text. A text that is not UTF-8 ends a run with VALUE_UNFIT.",
                                "-- texts of a column that are not UTF-8 (the table and column are yours to name):\n"
                                        + "SELECT ctid FROM SCHEMA.TABLE WHERE convert_from(convert_to(COLUMN, 'SQL_ASCII'), 'UTF8') IS NULL; -- stops at the first\n"
                                        + "-- for good: dump, and restore into a database that was made with ENCODING 'UTF8'");
                        default -> Finding.passed(
                                test(), "The database's encoding is %s; the server converts its texts to UTF-8.".formatted(encoding));
                    });
        }
    }
}
