package dev.millrace.worker.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.core.shape.WireForm;
import dev.millrace.core.verify.Difference;
import dev.millrace.core.verify.TableVerdict;
import dev.millrace.testkit.Seed;
import dev.millrace.testkit.postgres.OnVersions;
import dev.millrace.testkit.postgres.TestDatabase;
import dev.millrace.testkit.postgres.TestPostgres;
import dev.millrace.worker.verify.Verdict;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Values of every type, by chance and from the ends of its range, on every path: by copy, by the log in binary, by the log as text.
///
/// PostgreSQL is the oracle: it makes the values, prints them for comparison with what the destination shows on each path, and is compared with
/// the whole copy by checksums in the end.
class TypesTest {

    private static final int VALUES = Integer.getInteger("millrace.test.values", 60);

    private static final Pattern LAST_ZEROS = Pattern.compile("(\\.[0-9]*[1-9])0+(?![0-9])|\\.0+(?![0-9])");

    /// An amount within a text is a plain number, whatever the source's locale prints.
    private static final Pattern AMOUNTS = Pattern.compile("money|priced");
    private static final int COLUMNS = 8;
    private static final int ENDS = 8;

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path folder;

    /// Before 14 the log is text, and since then binary.
    @OnVersions({11, 13, 14, 17, 18})
    void every_type_is_the_same_by_copy_and_by_log(int version) throws SQLException {
        check(TestPostgres.version(version), version >= 14);
    }

    @Test
    void every_type_is_the_same_by_copy_and_by_scan() throws SQLException {
        List<SampleType> samples = SampleTypes.of(TestPostgres.latest().majorVersion());
        try (TestDatabase db = TestPostgres.latest().newDatabase()) {
            fill(db, samples);
            try (TestSync sync = TestConnection.of(db, folder).by("TELEPORT").open(_ -> {})) {
                sync.upToNow();
                List<Column> copied = read(sync, samples);
                touch(db, samples);
                assertThat(sync.upToNow().changes()).isPositive();
                assertSame(samples, copied, read(sync, samples), "scanned");
                Verdict verdict = sync.verify();
                assertThat(verdict.tables().stream().flatMap(table -> different(table, samples))).as("as verify sees it").isEmpty();
            }
        }
    }

    private void check(TestPostgres server, boolean logsBinary) throws SQLException {
        List<SampleType> samples = SampleTypes.of(server.majorVersion());
        try (TestDatabase db = server.newDatabase()) {
            fill(db, samples);
            db.createPublicationAndSlot(TestConnection.PUBLICATION, db.name());
            TestConnection connection = TestConnection.of(db, folder);
            try (TestSync sync = connection.open(_ -> {})) {
                sync.upToNow();
                List<Column> copied = read(sync, samples);

                touch(db, samples);
                sync.upToNow();
                assertThat(mustBeText(sync)).isEmpty();
                assertSame(samples, copied, read(sync, samples), logsBinary ? "logged in binary" : "logged");

                // A type whose binary form says less than its text turns the log to text, and so does one that holds what has none.
                db.execute(
                        "CREATE TABLE named (id int PRIMARY KEY, v regclass, w isbn[])",
                        "INSERT INTO named VALUES (1, 'types_0', '{0-306-40615-2,NULL}'), (2, NULL, '{}')");
                touch(db, samples);
                sync.upToNow();
                assertThat(mustBeText(sync)).containsExactly("regclass", "_isbn");
                assertSame(samples, copied, read(sync, samples), "logged as text");

                checkPrinted(db, samples, copied);
                Verdict verdict = sync.verify();
                assertThat(verdict.tables()).hasSize(tables(samples).size() + 1);
                assertThat(verdict.tables().stream().flatMap(table -> different(table, samples))).as("as verify sees it").isEmpty();
            }
        }
    }

    /// The types of the columns that differ.
    private static Stream<String> different(TableVerdict table, List<SampleType> samples) {
        int number = Integer.parseInt("0" + table.table().table().replaceAll("[^0-9]", ""));
        return table.differences().stream()
                .flatMap(difference -> difference instanceof Difference.Unequal(_, List<String> columns)
                        ? columns.stream().map(column -> samples.get(number * COLUMNS + Integer.parseInt(column.substring(1))).type())
                        : Stream.of(difference.toString()))
                .distinct();
    }

    /// A column at the destination: its type and its values in order.
    private record Column(String type, List<@Nullable String> values) {}

    /// Which samples share a table, as its columns `v0`, `v1` and so on; their number is the table's.
    static List<List<SampleType>> tables(List<SampleType> samples) {
        List<List<SampleType>> tables = new ArrayList<>();
        for (int from = 0; from < samples.size(); from += COLUMNS) {
            tables.add(samples.subList(from, Math.min(samples.size(), from + COLUMNS)));
        }
        return tables;
    }

    /// Tables `types_0`, `types_1` and so on, each with an `id` and some of the samples as columns.
    static void fill(TestDatabase db, List<SampleType> samples) throws SQLException {
        double seed = Seed.forTest("types " + db.majorVersion()).random().nextDouble();
        try (Connection session = db.session();
                Statement statement = session.createStatement()) {
            for (String ddl : SampleTypes.DDL) {
                statement.execute(ddl);
            }
            statement.execute("SELECT setseed(%s)".formatted(seed));
            for (SampleType sample : samples) {
                try {
                    statement.execute("CREATE TEMP TABLE one (id int, v %s)".formatted(sample.type()));
                    statement.execute("INSERT INTO one SELECT i, %s FROM generate_series(1, %d) AS i".formatted(sample.chance(), VALUES));
                    for (int end = 0; end < sample.ends().size(); end++) {
                        statement.execute("INSERT INTO one VALUES (%d, %s)".formatted(-1 - end, sample.ends().get(end)));
                    }
                } catch (SQLException e) {
                    throw new AssertionError("Cannot make values of " + sample.type() + ": " + e.getMessage(), e);
                }
                statement.execute("ALTER TABLE one RENAME TO one_" + samples.indexOf(sample));
            }
            List<List<SampleType>> tables = tables(samples);
            for (int number = 0; number < tables.size(); number++) {
                StringBuilder columns = new StringBuilder();
                StringBuilder joins = new StringBuilder();
                for (int place = 0; place < tables.get(number).size(); place++) {
                    int one = number * COLUMNS + place;
                    columns.append(", one_%d.v AS v%d".formatted(one, place));
                    joins.append(" LEFT JOIN one_%d USING (id)".formatted(one));
                }
                statement.execute("CREATE TABLE types_%d AS SELECT id%s FROM generate_series(%d, %d) AS id%s"
                        .formatted(number, columns, -ENDS, VALUES, joins));
                statement.execute("ALTER TABLE types_%d ADD PRIMARY KEY (id)".formatted(number));
            }
        }
    }

    /// Has the log carry every row.
    static void touch(TestDatabase db, List<SampleType> samples) {
        for (int i = 0; i < tables(samples).size(); i++) {
            db.execute("UPDATE types_%d SET id = id".formatted(i));
        }
    }

    /// The types of the source that turn the log to text.
    static List<String> mustBeText(TestSync sync) {
        return sync.source().catalog().followed().stream()
                .flatMap(table -> table.shape().columns().stream())
                .map(dev.millrace.core.shape.Column::type)
                .filter(WireForm::mustBeLoggedAsText)
                .map(type -> type.name().replaceFirst(".*[/.]", ""))
                .toList();
    }

    private static List<Column> read(TestSync sync, List<SampleType> samples) throws SQLException {
        List<Column> columns = new ArrayList<>();
        try (Connection session = sync.session();
                Statement statement = session.createStatement()) {
            for (int i = 0; i < samples.size(); i++) {
                String column = "v" + i % COLUMNS;
                String sql = "SELECT %s, CAST(%s AS VARCHAR) FROM t_public.types_%d WHERE NOT _millrace_deleted ORDER BY id"
                        .formatted(TestStore.ofTheRun().typeOf(column), column, i / COLUMNS);
                List<@Nullable String> values = new ArrayList<>();
                String type = "";
                try (ResultSet row = statement.executeQuery(sql)) {
                    while (row.next()) {
                        type = row.getString(1);
                        values.add(row.getString(2));
                    }
                }
                columns.add(new Column(type, values));
            }
        }
        return columns;
    }

    private static void assertSame(List<SampleType> samples, List<Column> copied, List<Column> logged, String path) {
        List<String> different = new ArrayList<>();
        for (int i = 0; i < samples.size(); i++) {
            String type = samples.get(i).type();
            if (!copied.get(i).type().equals(logged.get(i).type())) {
                different.add("%s is %s by copy and %s %s".formatted(type, copied.get(i).type(), logged.get(i).type(), path));
            } else {
                difference(type, copied.get(i).values(), logged.get(i).values()).ifPresent(different::add);
            }
        }
        assertThat(different).as(path).isEmpty();
    }

    /// The first value that is not the same. A number that was in a decimal column before it became text has lost its last zeros.
    private static Optional<String> difference(String type, List<@Nullable String> here, List<@Nullable String> there) {
        for (int i = 0; i < Math.max(here.size(), there.size()); i++) {
            String one = i < here.size() ? String.valueOf(here.get(i)) : "nothing";
            String other = i < there.size() ? String.valueOf(there.get(i)) : "nothing";
            if (type.startsWith("numeric")) {
                one = LAST_ZEROS.matcher(one).replaceAll("$1");
                other = LAST_ZEROS.matcher(other).replaceAll("$1");
            }
            if (!one.equals(other)) {
                return Optional.of("%s: %s and %s".formatted(type, shortened(one), shortened(other)));
            }
        }
        return Optional.empty();
    }

    private static String shortened(String text) {
        return text.length() <= 1000 ? text : text.substring(0, 500) + " ... " + text.substring(text.length() - 500);
    }

    /// What is kept as text is what PostgreSQL prints.
    private static void checkPrinted(TestDatabase db, List<SampleType> samples, List<Column> copied) throws SQLException {
        List<String> different = new ArrayList<>();
        try (Connection session = db.session();
                Statement statement = session.createStatement()) {
            statement.execute("SET TimeZone = 'UTC'; SET search_path = ''; SET IntervalStyle = 'postgres'");
            for (int i = 0; i < samples.size(); i++) {
                boolean isText = List.of("VARCHAR", "text").contains(copied.get(i).type());
                if (!isText || AMOUNTS.matcher(samples.get(i).type()).find()) {
                    continue;
                }
                List<@Nullable String> printed = new ArrayList<>();
                try (ResultSet row = statement.executeQuery(
                        "SELECT CASE WHEN num_nulls(v%1$d) = 0 THEN concat(v%1$d) END FROM public.types_%2$d ORDER BY id"
                                .formatted(i % COLUMNS, i / COLUMNS))) {
                    while (row.next()) {
                        printed.add(row.getString(1));
                    }
                }
                difference(samples.get(i).type(), copied.get(i).values(), printed).ifPresent(different::add);
            }
        }
        assertThat(different).as("as PostgreSQL prints it").isEmpty();
    }
}
