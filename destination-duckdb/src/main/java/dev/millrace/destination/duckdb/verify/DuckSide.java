package dev.millrace.destination.duckdb.verify;

import dev.millrace.core.fault.Fault;
import dev.millrace.core.fault.FaultKind;
import dev.millrace.core.naming.TargetNames;
import dev.millrace.core.shape.Column;
import dev.millrace.core.shape.Shape;
import dev.millrace.core.shape.TableName;
import dev.millrace.core.verify.CanonicalForm;
import dev.millrace.core.verify.CopySide;
import dev.millrace.core.verify.DigestRows;
import dev.millrace.destination.duckdb.DuckSettings;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/// A DuckDB destination held at one moment by a transaction, for comparing. Belongs to one thread.
///
/// Rows marked deleted, and closed versions, are no rows here.
public final class DuckSide implements CopySide {

    private final Connection session;
    private final DuckSettings settings;
    private final Map<TableName, Map<String, String>> stored = new HashMap<>();

    /// Takes an open session over and begins its transaction, which from here on sees what is committed now.
    ///
    /// @param settings name our own columns
    public DuckSide(Connection session, DuckSettings settings) {
        this.session = session;
        this.settings = settings;
        try (Statement statement = session.createStatement()) {
            statement.execute("BEGIN TRANSACTION");
            // A transaction of DuckDB takes its view of the data with its first read.
            try (ResultSet row = statement.executeQuery("SELECT count(*) FROM _millrace.checkpoints")) {
                row.next();
            }
        } catch (SQLException e) {
            throw fault(e, "comparison");
        }
    }

    @Override
    public Subject subject(Shape shape, TargetNames names) {
        Map<String, String> types = types(names.table());
        List<CanonicalForm> forms = new ArrayList<>();
        for (Column column : shape.columns()) {
            String type = types.get(names.of(column));
            if (type == null) {
                throw new Fault(
                        FaultKind.DESTINATION_REFUSED,
                        shape.table().toString(),
                        "The destination's table has no column %s, so it cannot be compared.".formatted(column.name()),
                        "Run `millrace resync` for the table.");
            }
            forms.add(CanonicalDuckSql.form(column.type(), type));
        }
        return new Subject(shape, names, forms);
    }

    /// The types of a table's columns by name, both as they are here.
    private Map<String, String> types(TableName table) {
        return stored.computeIfAbsent(table, here -> {
            Map<String, String> types = new HashMap<>();
            try (PreparedStatement statement = session.prepareStatement(
                    "SELECT column_name, data_type FROM information_schema.columns WHERE table_schema = ? AND table_name = ?")) {
                statement.setString(1, here.schema());
                statement.setString(2, here.table());
                try (ResultSet row = statement.executeQuery()) {
                    while (row.next()) {
                        types.put(row.getString(1), row.getString(2));
                    }
                }
            } catch (SQLException e) {
                throw fault(e, table.toString());
            }
            return types;
        });
    }

    @Override
    public Map<Integer, BucketSum> sums(Subject subject, int buckets) {
        String sql =
                """
                SELECT ('0x' || substr(k, 1, 8))::BIGINT & %d AS bucket, count(*) AS counted,
                       sum(('0x' || substr(r, 1, 15))::BIGINT) AS first, sum(('0x' || substr(r, 16, 15))::BIGINT) AS second
                FROM (%s) digests
                GROUP BY 1
                """
                        .formatted(buckets - 1, digests(subject));
        try (Statement statement = session.createStatement();
                ResultSet row = statement.executeQuery(sql)) {
            return DigestRows.sums(row);
        } catch (SQLException e) {
            throw fault(e, subject.shape().table().toString());
        }
    }

    @Override
    public void digests(Subject subject, int buckets, Set<Integer> wanted, Consumer<RowDigest> consumer) {
        String list = wanted.stream().map(String::valueOf).collect(Collectors.joining(", "));
        String sql = "SELECT k, r FROM (%s) digests WHERE ('0x' || substr(k, 1, 8))::BIGINT & %d IN (%s)"
                .formatted(digests(subject), buckets - 1, list);
        try (Statement statement = session.createStatement();
                ResultSet row = statement.executeQuery(sql)) {
            DigestRows.digests(row, consumer);
        } catch (SQLException e) {
            throw fault(e, subject.shape().table().toString());
        }
    }

    @Override
    public List<CanonicalRow> rows(Subject subject, Collection<String> keyDigests) {
        String list = keyDigests.stream().map("'%s'"::formatted).collect(Collectors.joining(", "));
        String sql = "SELECT * FROM (SELECT md5(%s) AS k, t.* FROM (%s) t) WHERE k IN (%s)"
                .formatted(text(subject.keyPlaces()), texts(subject), list);
        try (Statement statement = session.createStatement();
                ResultSet row = statement.executeQuery(sql)) {
            return DigestRows.rows(row, subject.forms().size());
        } catch (SQLException e) {
            throw fault(e, subject.shape().table().toString());
        }
    }

    private String digests(Subject subject) {
        List<Integer> all = IntStream.range(0, subject.forms().size()).boxed().toList();
        return "SELECT md5(%s) AS k, md5(%s) AS r FROM (%s) t".formatted(text(subject.keyPlaces()), text(all), texts(subject));
    }

    private static String text(List<Integer> places) {
        return places.stream().map("coalesce(strlen(t%1$d) || ':' || t%1$d, '-')"::formatted).collect(Collectors.joining(" || "));
    }

    private String texts(Subject subject) {
        Map<String, String> types = types(subject.names().table());
        String columns = IntStream.range(0, subject.forms().size())
                .mapToObj(i -> {
                    String name = subject.names().of(subject.shape().columns().get(i));
                    String type = String.valueOf(types.get(name));
                    return CanonicalDuckSql.of(TableName.quote(name), type, subject.forms().get(i)) + " AS t" + i;
                })
                .collect(Collectors.joining(", "));
        return "SELECT %s FROM %s WHERE %s"
                .formatted(columns, subject.names().table().quoted(), settings.isLive(settings.modeOf(types.keySet())));
    }

    private static Fault fault(SQLException e, String subject) {
        return new Fault(
                FaultKind.DESTINATION_REFUSED,
                subject,
                "DuckDB refused to sum up %s.".formatted(subject),
                "Run the command again with --verbose and report what it prints.",
                e);
    }

    @Override
    public void close() {
        try {
            session.close();
        } catch (SQLException e) {
            throw fault(e, "comparison");
        }
    }
}
