package dev.millrace.worker.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.core.shape.Column;
import dev.millrace.core.shape.Ordering;
import dev.millrace.core.shape.RowFilter.Operator;
import dev.millrace.core.shape.Shape;
import dev.millrace.core.verify.TableVerdict;
import dev.millrace.testkit.Seed;
import dev.millrace.testkit.postgres.OnVersions;
import dev.millrace.testkit.postgres.TestDatabase;
import dev.millrace.testkit.postgres.TestPostgres;
import dev.millrace.worker.verify.Verdict;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;

/// Filters by columns of every type, with every operator, by values by chance and from the ends of their range: the copy has the rows that
/// PostgreSQL's own operator gives, and still has them after each row came by the log, in binary and as text.
///
/// Each round filters every table by one column; there are `-Dmillrace.test.rounds` of them (2 by default).
@Tag("long")
class FilteredTypesTest {

    private static final int COLUMNS = 8;
    private static final int ROUNDS = Integer.getInteger("millrace.test.rounds", 2);

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path folder;

    /// A filter of one condition.
    private record Condition(String column, Operator operator, String value, String nativeSql) {

        String yaml() {
            String values = operator.asksForNull() ? "" : ", value: " + (operator == Operator.IN ? "[" + value + "]" : value);
            return "[{column: %s, operator: %s%s}]".formatted(column, operator, values);
        }
    }

    @OnVersions({13, 17})
    void every_type_is_filtered_as_postgresql_compares(int version) throws Exception {
        Random random = Seed.forTest("filtered types " + version).random();
        List<SampleType> samples = SampleTypes.of(version);
        try (TestDatabase db = TestPostgres.version(version).newDatabase()) {
            TypesTest.fill(db, samples);
            db.execute("SET TimeZone = 'UTC'");
            db.createPublicationAndSlot(TestConnection.PUBLICATION, db.name());
            List<Shape> shapes;
            try (TestSync sync = TestConnection.of(db, Files.createDirectory(folder.resolve("first"))).open(_ -> {})) {
                shapes = sync.source().catalog().followed().stream().map(table -> table.shape()).toList();
            }
            TestConnection connection = TestConnection.of(db, folder);
            for (int round = 0; round < ROUNDS; round++) {
                int place = random.nextInt(COLUMNS);
                Map<String, Condition> filters = new LinkedHashMap<>();
                for (Shape shape : shapes) {
                    Optional<Column> column = shape.column("v" + place);
                    column.ifPresent(found -> filters.put(shape.table().table(), condition(db, shape, found, random)));
                }
                check(db, connection, filters, samples);
            }
        }
    }

    private static void check(TestDatabase db, TestConnection connection, Map<String, Condition> filters, List<SampleType> samples)
            throws Exception {
        String schemas = filters.entrySet().stream()
                .map(table -> "%s: {row_filter: %s}".formatted(table.getKey(), table.getValue().yaml()))
                .collect(Collectors.joining(", ", "{tables: {", "}}"));
        try (TestSync sync = connection.choosing(schemas).open(_ -> {})) {
            sync.upToNow();
            assertThat(sync.verify().proven()).as("copied by %s", filters).isTrue();
            TypesTest.touch(db, samples);
            sync.upToNow();
            Verdict verdict = sync.verify();
            assertThat(verdict.proven()).as("logged by %s: %s", filters, verdict).isTrue();
            for (TableVerdict table : verdict.tables()) {
                Optional.ofNullable(filters.get(table.table().table())).ifPresent(filter -> assertThat(Long.toString(table.destinationRows()))
                        .as("%s by %s", table.table(), filter)
                        .isEqualTo(db.value("SELECT count(*) FROM %s WHERE %s".formatted(table.table().table(), filter.nativeSql()))));
            }
        }
    }

    private static Condition condition(TestDatabase db, Shape shape, Column column, Random random) {
        Optional<Ordering> ordering = Ordering.of(column.type());
        List<Operator> operators = new ArrayList<>(List.of(Operator.values()));
        operators.removeIf(operator -> !operator.asksForNull() && (ordering.isEmpty() || operator.asksForOrder() && !ordering.get().isOrdered()));
        Operator operator = operators.get(random.nextInt(operators.size()));
        if (operator.asksForNull()) {
            return new Condition(column.name(), operator, "", "num_nulls(%s) = %d".formatted(column.name(), operator == Operator.IS_NULL ? 1 : 0));
        }
        List<String> texts = db.query("SELECT DISTINCT concat(%s) FROM %s WHERE %1$s IS NOT NULL ORDER BY 1"
                        .formatted(column.name(), shape.table().quoted()))
                .stream()
                .map(row -> String.valueOf(row.getFirst()))
                .toList();
        String value = texts.get(random.nextInt(texts.size()));
        Ordering used = ordering.orElseThrow();
        boolean isText = used == Ordering.TEXT || used == Ordering.LABEL;
        String sql = isText
                ? "(%s::text COLLATE \"C\") %s (rtrim(%s, %s))".formatted(column.name(), operator.sql(), literal(value), blanks(column))
                : "%s %s (%s::%s)".formatted(column.name(), operator.sql(), literal(value), used.type());
        return new Condition(column.name(), operator, yaml(value), sql);
    }

    /// What counts for nothing at the end of a text of the column's type.
    private static String blanks(Column column) {
        return column.type().underneath().name().equals("bpchar") ? "' '" : "''";
    }

    private static String literal(String text) {
        return "E'" + text.replace("\\", "\\\\").replace("'", "''") + "'";
    }

    private static String yaml(String text) {
        return text.codePoints().mapToObj("\\U%08x"::formatted).collect(Collectors.joining("", "\"", "\""));
    }
}
