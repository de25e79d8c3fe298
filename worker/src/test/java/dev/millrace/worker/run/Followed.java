package dev.millrace.worker.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.core.destination.TableMemory;
import dev.millrace.core.destination.TableState;
import dev.millrace.core.naming.Naming;
import dev.millrace.core.run.RunEvent;
import dev.millrace.core.run.RunListener;
import dev.millrace.core.run.RunSummary;
import dev.millrace.core.shape.Column;
import dev.millrace.core.shape.TableName;
import dev.millrace.core.verify.TableVerdict;
import dev.millrace.testkit.postgres.TestDatabase;
import dev.millrace.testkit.postgres.TestPostgres;
import dev.millrace.worker.verify.Verdict;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// A database that is copied and followed by one run after another, each up to now, and compared with its copy.
final class Followed implements AutoCloseable {

    final TestDatabase source;
    TestConnection connection;
    private final List<RunEvent> events = Collections.synchronizedList(new ArrayList<>());

    private Followed(TestDatabase source, TestConnection connection) {
        this.source = source;
        this.connection = connection;
    }

    /// A database after some statements, with a publication of all tables and a slot.
    static Followed after(Path folder, String... sql) {
        return after(17, folder, sql);
    }

    /// The same on another version of PostgreSQL.
    static Followed after(int version, Path folder, String... sql) {
        return published(version, folder, "FOR ALL TABLES", sql);
    }

    /// The same with another publication; `what` stands behind `CREATE PUBLICATION pub`.
    static Followed published(int version, Path folder, String what, String... sql) {
        return published(TestPostgres.version(version).newDatabase(), folder, what, sql);
    }

    /// The same of a database that is there already, and becomes this object's to close.
    static Followed published(TestDatabase source, Path folder, String what, String... sql) {
        source.execute(sql);
        source.execute("CREATE PUBLICATION pub " + what, "SELECT pg_create_logical_replication_slot('%s', 'pgoutput')".formatted(source.name()));
        return new Followed(source, TestConnection.of(source, folder));
    }

    /// A database of which nobody made a publication or a slot, followed with nothing but SELECT; it becomes this object's to close.
    static Followed scanned(TestDatabase source, Path folder, String method, String... sql) {
        source.execute(sql);
        return new Followed(source, TestConnection.of(source, folder).by(method));
    }

    /// Follows the database in another way from here on.
    Followed following(String method) {
        connection = connection.by(method);
        return this;
    }

    /// Logs in as another user from here on.
    Followed as(String user, String password) {
        connection = connection.as(user, password);
        return this;
    }

    /// The same database followed with tables in other modes, as [TestConnection#withModes] has them; closed with this one.
    Followed withModes(String modes) {
        return new Followed(source, connection.withModes(modes));
    }

    /// Names the copy by other rules from here on.
    Followed by(Naming naming) {
        connection = connection.withNaming(naming);
        return this;
    }

    /// Keeps tables in other modes from here on, as [TestConnection#withModes] has it.
    Followed in(String modes) {
        connection = connection.withModes(modes);
        return this;
    }

    /// Has later runs choose what is copied of the schema `public`, as [TestConnection#choosing] has it.
    Followed choosing(String schemas) {
        connection = connection.choosing(schemas);
        return this;
    }

    /// Does something at the source, each statement committed before the next.
    void source(String... sql) {
        source.execute(sql);
    }

    /// Does something at the source in one transaction.
    void transaction(String... sql) {
        source.execute("BEGIN; " + String.join("; ", sql) + "; COMMIT");
    }

    RunListener listener() {
        return events::add;
    }

    /// One run up to now.
    RunSummary sync() {
        events.clear();
        try (TestSync sync = connection.open(listener())) {
            return sync.upToNow();
        }
    }

    /// What the latest run told of a kind.
    <T extends RunEvent> List<T> told(Class<T> kind) {
        synchronized (events) {
            return events.stream().filter(kind::isInstance).map(kind::cast).toList();
        }
    }

    /// The tables that the latest run copied anew, and why.
    Map<String, String> begunAnew() {
        Map<String, String> reasons = new TreeMap<>();
        told(RunEvent.CopyBegunAnew.class).forEach(event -> reasons.put(event.table().table(), event.reason()));
        return reasons;
    }

    /// Why the latest run copied everything anew; empty if it did not.
    String allBegunAnew() {
        return told(RunEvent.AllBegunAnew.class).stream().map(RunEvent.AllBegunAnew::reason).findFirst().orElse("");
    }

    /// How many rows only the copy has, which its source does not tell of.
    long ended() {
        try (TestSync sync = connection.open(listener())) {
            return sync.verify().tables().stream().mapToLong(TableVerdict::ended).sum();
        }
    }

    /// The tables that the latest run left out, and why and what would help.
    Map<String, String> leftOut() {
        Map<String, String> reasons = new TreeMap<>();
        told(RunEvent.TableLeftOut.class)
                .forEach(event -> reasons.put(event.table().table(), event.reason() + " " + event.remedy()));
        return reasons;
    }

    /// The warnings of the latest run about a table.
    List<String> warnings(String table) {
        return told(RunEvent.TableWarned.class).stream()
                .filter(warned -> warned.table().table().equals(table))
                .map(RunEvent.TableWarned::warning)
                .toList();
    }

    /// Runs up to now, and has `verify` prove every table that is followed, column for column, against the source.
    void assertEqual() {
        sync();
        assertCompared();
    }

    /// Has `verify` prove the tables that are followed.
    void assertCompared() {
        try (TestSync sync = connection.open(listener())) {
            Verdict verdict = sync.verify();
            assertThat(verdict.tables()).allSatisfy(table -> assertThat(table.differences()).as(table.table().toString()).isEmpty());
            assertThat(verdict.proven()).as(verdict.toString()).isTrue();
            Map<TableName, TableMemory> tables = sync.destination().recall().tables();
            assertThat(tables.values()).allSatisfy(table -> assertThat(table.state()).isEqualTo(TableState.STREAMING));
            Map<String, Set<String>> copied = new TreeMap<>();
            tables.forEach((name, table) -> copied.put(
                    name.toString(), new TreeSet<>(table.shape().columns().stream().map(Column::name).toList())));
            assertThat(copied).isEqualTo(connection.isLogged() ? published() : readable());
        }
    }

    /// The columns that the source publishes, by table.
    private Map<String, Set<String>> published() {
        String generated = source.majorVersion() >= 12 ? "a.attgenerated = ''" : "true";
        String listed = source.majorVersion() >= 15 ? "a.attname = ANY (t.attnames) AND (%s OR %s)".formatted(generated, source.majorVersion() >= 18)
                : generated;
        Map<String, Set<String>> published = new TreeMap<>();
        for (List<@Nullable String> row : source.query("""
                SELECT t.schemaname || '.' || t.tablename, a.attname FROM pg_publication_tables t
                JOIN pg_attribute a ON a.attrelid = format('%%I.%%I', t.schemaname, t.tablename)::regclass
                WHERE a.attnum > 0 AND NOT a.attisdropped AND %s""".formatted(listed))) {
            published.computeIfAbsent(String.valueOf(row.get(0)), _ -> new TreeSet<>()).add(String.valueOf(row.get(1)));
        }
        return published;
    }

    /// The columns that can be read, by table.
    private Map<String, Set<String>> readable() {
        Map<String, Set<String>> readable = new TreeMap<>();
        for (List<@Nullable String> row : source.query("""
                SELECT n.nspname || '.' || c.relname, a.attname FROM pg_class c
                JOIN pg_namespace n ON n.oid = c.relnamespace JOIN pg_attribute a ON a.attrelid = c.oid
                WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition AND n.nspname NOT LIKE 'pg\\_%%' AND n.nspname <> 'information_schema'
                    AND a.attnum > 0 AND NOT a.attisdropped AND %s"""
                .formatted(source.majorVersion() >= 12 ? "a.attgenerated <> 'v'" : "true"))) {
            readable.computeIfAbsent(String.valueOf(row.get(0)), _ -> new TreeSet<>()).add(String.valueOf(row.get(1)));
        }
        return readable;
    }

    /// What a query of the copy gives, every row as its values with commas between.
    List<String> copy(String sql) {
        try (TestSync sync = connection.open(listener());
                Connection session = sync.session();
                Statement statement = session.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            List<String> lines = new ArrayList<>();
            int columns = rows.getMetaData().getColumnCount();
            while (rows.next()) {
                List<String> values = new ArrayList<>();
                for (int i = 1; i <= columns; i++) {
                    values.add(String.valueOf(rows.getString(i)));
                }
                lines.add(String.join(",", values));
            }
            return lines;
        } catch (SQLException e) {
            throw new AssertionError(e.getMessage(), e);
        }
    }

    @Override
    public void close() {
        source.close();
    }
}
