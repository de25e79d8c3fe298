package dev.millrace.worker.run;

import dev.millrace.core.destination.ReadableDestination;
import dev.millrace.core.destination.SyncMode;
import dev.millrace.core.naming.Naming;
import dev.millrace.core.run.Limits;
import dev.millrace.core.run.RunListener;
import dev.millrace.core.secret.Secret;
import dev.millrace.core.shape.TableName;
import dev.millrace.core.source.Selection;
import dev.millrace.destination.duckdb.fingerprint.DuckFingerprints;
import dev.millrace.postgres.session.PostgresEndpoint;
import dev.millrace.source.Following;
import dev.millrace.source.PostgresSource;
import dev.millrace.source.PostgresSourceSettings;
import dev.millrace.testkit.postgres.TestDatabase;
import dev.millrace.worker.settings.ConnectionSettings;
import dev.millrace.worker.settings.SettingProblem;
import dev.millrace.worker.settings.SettingsReader;
import dev.millrace.worker.settings.SettingsReading;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/// A connection from a test's database to a copy, as text that another process can be given.
///
/// @param modes as [#withModes] has it
/// @param schemas as [#choosing] has it
/// @param naming the rules for names
/// @param method how changes are followed, by the name of the setting `update_method`
/// @param store what the copy is kept in
record TestConnection(
        String host,
        int port,
        String database,
        String user,
        String password,
        String slot,
        Path file,
        String modes,
        String schemas,
        Naming naming,
        String method,
        TestStore store) {

    static final String PUBLICATION = "pub";

    /// All tables in SOFT_DELETE mode, with the names of the source.
    TestConnection(String host, int port, String database, String user, String password, String slot, Path file) {
        this(host, port, database, user, password, slot, file, "", "", Naming.SOURCE_NAMING, "WAL_PGOUTPUT", TestStore.ofTheRun());
    }

    /// The connection of a test's database, whose slot has the database's name.
    static TestConnection of(TestDatabase database, Path folder) {
        TestConnection connection = new TestConnection(
                database.host(),
                database.port(),
                database.name(),
                database.user(),
                database.password(),
                database.name(),
                folder.resolve("copy.duckdb"));
        connection.store().make(connection.file());
        return connection;
    }

    static TestConnection of(String[] arguments) {
        return new TestConnection(
                arguments[0],
                Integer.parseInt(arguments[1]),
                arguments[2],
                arguments[3],
                arguments[4],
                arguments[5],
                Path.of(arguments[6]),
                arguments[7],
                arguments[8],
                Naming.valueOf(arguments[9]),
                arguments[10],
                TestStore.valueOf(arguments[11]));
    }

    List<String> arguments() {
        return List.of(host, Integer.toString(port), database, user, password, slot, file.toString(), modes, schemas, naming.name(), method, store.name());
    }

    /// The same with the modes of tables: `accounts=LIVE seats=HISTORY`; the others are in SOFT_DELETE mode.
    TestConnection withModes(String text) {
        return new TestConnection(host, port, database, user, password, slot, file, text, schemas, naming, method, store);
    }

    /// The same with what a settings file says of the schema `public`: `{tables: {accounts: {columns: {email: {hashed: true}}}}}`.
    TestConnection choosing(String text) {
        return new TestConnection(host, port, database, user, password, slot, file, modes, text, naming, method, store);
    }

    /// The same with other rules for names.
    TestConnection withNaming(Naming other) {
        return new TestConnection(host, port, database, user, password, slot, file, modes, schemas, other, method, store);
    }

    /// The same, followed in another way: `XMIN`, `TELEPORT`.
    TestConnection by(String updateMethod) {
        return new TestConnection(host, port, database, user, password, slot, file, modes, schemas, naming, updateMethod, store);
    }

    /// The same with another login.
    TestConnection as(String otherUser, String otherPassword) {
        return new TestConnection(host, port, database, otherUser, otherPassword, slot, file, modes, schemas, naming, method, store);
    }

    boolean isLogged() {
        return method.equals("WAL_PGOUTPUT");
    }

    private Following following() {
        return switch (method) {
            case "XMIN" -> new Following.Xmin(Duration.ofMillis(100));
            case "TELEPORT" -> new Following.Teleport(
                    Duration.ofMillis(100), () -> DuckFingerprints.open(file.resolveSibling(file.getFileName() + ".keys")));
            default -> new Following.Log(slot, PUBLICATION);
        };
    }

    private Selection selection() {
        if (schemas.isEmpty()) {
            return Selection.everything();
        }
        String yaml = """
                source: {service: postgres, host: h, database: d, user: u, replication_slot: s, publication_name: p}
                destination: {service: duckdb, path: d.duckdb}
                schema_prefix: t
                schemas: {public: %s}
                """.formatted(schemas);
        return switch (new SettingsReader(_ -> Optional.empty()).read(yaml, file.resolveSibling("t.yaml"))) {
            case SettingsReading.Understood(ConnectionSettings settings, _) -> settings.selection();
            case SettingsReading.Refused(List<SettingProblem> problems) -> throw new AssertionError(problems.toString());
        };
    }

    /// The same through another port of this machine.
    TestConnection through(int otherPort) {
        return new TestConnection(host, otherPort, database, user, password, slot, file, modes, schemas, naming, method, store);
    }

    SyncMode mode(TableName table) {
        return Stream.of(modes.split(" "))
                .filter(mode -> mode.startsWith(table.table() + "="))
                .map(mode -> SyncMode.valueOf(mode.substring(mode.indexOf('=') + 1)))
                .findFirst()
                .orElse(SyncMode.SOFT_DELETE);
    }

    PostgresEndpoint endpoint() {
        return new PostgresEndpoint(host, port, database, user, Secret.of(password), Map.of());
    }

    /// Small limits, so that a short test cuts many batches, spools, and copies in many ranges.
    static Limits limits() {
        return new Limits(64 << 10, Duration.ofMillis(200), 1, 3, 8, Duration.ofSeconds(1), 256 << 10, 2_000);
    }

    TestSync open(RunListener listener) {
        return open(listener, limits());
    }

    /// The same with other limits for what the source does.
    TestSync open(RunListener listener, Limits limits) {
        ReadableDestination destination = store.place(this).open(InstantSource.system());
        PostgresSource source = new PostgresSource(
                endpoint(),
                new PostgresSourceSettings(following(), selection(), destination.salt(), file.resolveSibling("spool"), limits));
        return new TestSync(this, source, destination, listener);
    }
}
