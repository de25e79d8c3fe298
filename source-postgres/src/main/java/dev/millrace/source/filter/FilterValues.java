package dev.millrace.source.filter;

import dev.millrace.core.fault.Fault;
import dev.millrace.core.fault.FaultKind;
import dev.millrace.core.fault.Nearest;
import dev.millrace.core.shape.Column;
import dev.millrace.core.shape.Ordering;
import dev.millrace.core.shape.RowFilter;
import dev.millrace.core.shape.SourceType;
import dev.millrace.core.shape.TableName;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/// Finds out what the values of a filter mean for the columns that a table has now: PostgreSQL reads them, as it would in SQL.
///
/// @param session not within a transaction
public record FilterValues(Connection session) {

    /* Words such as `today` mean another value each day, so only digits and signs are let through to types of time. */
    private static final Pattern MOMENT = Pattern.compile("[-+]?infinity|[0-9][-0-9TZ:.+/ ]*( BC)?");

    /// The filter with the texts that PostgreSQL writes for its values.
    ///
    /// @param columns those that are copied
    /// @throws Fault if a column is not there, cannot be compared so, or a value is none of its type
    public RowFilter resolve(TableName table, RowFilter given, List<Column> columns) throws SQLException {
        List<RowFilter.Condition> conditions = new ArrayList<>();
        for (RowFilter.Condition condition : given.conditions()) {
            Column column = columns.stream()
                    .filter(candidate -> candidate.name().equals(condition.column()))
                    .findFirst()
                    .orElseThrow(() -> missing(table, condition.column(), columns));
            conditions.add(condition.operator().asksForNull() ? condition : resolve(table, condition, column));
        }
        return new RowFilter(conditions);
    }

    private RowFilter.Condition resolve(TableName table, RowFilter.Condition condition, Column column) throws SQLException {
        Ordering ordering = Ordering.of(column.type())
                .filter(known -> known.isOrdered() || !condition.operator().asksForOrder())
                .orElseThrow(() -> unordered(table, condition, column));
        List<String> values = new ArrayList<>();
        for (String value : condition.values()) {
            values.add(read(table, column, ordering, value));
        }
        return new RowFilter.Condition(condition.column(), condition.operator(), values);
    }

    private String read(TableName table, Column column, Ordering ordering, String value) throws SQLException {
        return switch (ordering) {
            case TEXT -> OrderedField.trimmed(column.type(), value);
            case LABEL -> {
                checkLabel(table, column, value);
                yield value;
            }
            case DATE, TIME, TIMESTAMP, TIMESTAMPTZ -> {
                if (!MOMENT.matcher(value).matches()) {
                    throw unreadable(table, column, "Write it as `2026-03-01`, `12:00:00` or `2026-03-01 12:00:00+00`.");
                }
                yield printed(table, column, ordering, value);
            }
            case NUMBER, FLOAT4, FLOAT8, BOOLEAN, UUID, BYTES -> printed(table, column, ordering, value);
        };
    }

    private String printed(TableName table, Column column, Ordering ordering, String value) throws SQLException {
        try (PreparedStatement statement = session.prepareStatement("SELECT concat(CAST(?::text AS %s))".formatted(ordering.type()))) {
            statement.setString(1, value);
            try (ResultSet row = statement.executeQuery()) {
                row.next();
                return row.getString(1);
            }
        } catch (SQLException e) {
            if (e.getSQLState() == null || !e.getSQLState().startsWith("22")) {
                throw e;
            }
            // The driver's message repeats the value.
            throw unreadable(table, column, "Correct it in the settings.");
        }
    }

    private void checkLabel(TableName table, Column column, String value) throws SQLException {
        try (PreparedStatement statement =
                session.prepareStatement("SELECT EXISTS (SELECT FROM pg_enum WHERE enumtypid = ? AND enumlabel = ?)")) {
            statement.setLong(1, Integer.toUnsignedLong(column.type().underneath().oid()));
            statement.setString(2, value);
            try (ResultSet row = statement.executeQuery()) {
                row.next();
                if (!row.getBoolean(1)) {
                    throw unreadable(table, column, "Write one of the type's labels.");
                }
            }
        }
    }

    private static Fault missing(TableName table, String column, List<Column> columns) {
        return new Fault(
                FaultKind.SETTINGS_INVALID,
                table.toString(),
                "The row filter of %s names column %s, which is not among the columns that are copied: it was dropped or renamed, cannot be read, or is excluded. Nothing is copied.%s"
                        .formatted(table, column, Nearest.hint(column, columns.stream().map(Column::name).toList())),
                "Correct `row_filter` of the table in the settings; a changed filter has the table copied anew.");
    }

    private static Fault unordered(TableName table, RowFilter.Condition condition, Column column) {
        String type = column.type() instanceof SourceType.Hashed ? "hashed" : "of type " + column.type().name().replace('/', '.');
        return new Fault(
                FaultKind.SETTINGS_INVALID,
                table.toString(),
                "The row filter of %s asks for %s of column %s, which is %s: how such values compare is not the same in every database. Nothing is copied."
                        .formatted(table, condition.operator(), column.name(), type),
                "Filter by another column, or by IS_NULL or IS_NOT_NULL%s."
                        .formatted(Ordering.of(column.type()).isPresent() ? ", or by EQUALS, NOT_EQUALS or IN" : ""));
    }

    private static Fault unreadable(TableName table, Column column, String remedy) {
        return new Fault(
                FaultKind.SETTINGS_INVALID,
                table.toString(),
                "The row filter of %s compares column %s with a value that is none of its type, %s. Nothing is copied."
                        .formatted(table, column.name(), column.type().name().replace('/', '.')),
                remedy);
    }
}
