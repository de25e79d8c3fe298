package dev.millrace.source.frozen;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.core.position.ScanPosition;
import dev.millrace.core.position.TransactionSnapshot;
import dev.millrace.core.secret.Salt;
import dev.millrace.core.secret.Secret;
import dev.millrace.core.shape.TableName;
import dev.millrace.core.source.Selection;
import dev.millrace.postgres.session.PostgresEndpoint;
import dev.millrace.source.catalog.CatalogReader;
import dev.millrace.source.catalog.Scope;
import dev.millrace.source.catalog.Storage;
import dev.millrace.testkit.postgres.TestDatabase;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/// Scans of the table `notes (id int, body text)`, one after another, into a destination that is a map. Each scan reads twice, with the
/// filter and without, by the same condition on `xmin`, and compares; then it compares the destination with the table.
final class Scans implements AutoCloseable {

    static final TableName NOTES = new TableName("public", "notes");
    static final Duration LIMIT = Duration.ofMinutes(10);

    private final PostgresEndpoint endpoint;
    private final FrozenPages frozen;
    private final Map<Integer, String> destination = new HashMap<>();
    private final Set<Integer> loadedFrozen = new HashSet<>();
    private ScanPosition held = new ScanPosition(0, 1, TransactionSnapshot.parse("0:0:"));
    private Instant now = Instant.EPOCH;
    private long filenode;

    private Scans(PostgresEndpoint endpoint) {
        this.endpoint = endpoint;
        this.frozen = new FrozenPages(endpoint, LIMIT, () -> now, 0);
    }

    /// Scans of the superuser.
    static Scans of(TestDatabase db) {
        return of(db, db.user(), db.password());
    }

    static Scans of(TestDatabase db, String user, String password) {
        return new Scans(endpoint(db, user, password));
    }

    static PostgresEndpoint endpoint(TestDatabase db, String user, String password) {
        return new PostgresEndpoint(db.host(), db.port(), db.name(), user, Secret.of(password), Map.of());
    }

    /// The filter, to be asked at moments of one's own.
    FrozenPages frozen() {
        return frozen;
    }

    ScanPosition held() {
        return held;
    }

    /// Lets time pass, for the filter only.
    void pass(Duration time) {
        now = now.plus(time);
    }

    /// These rows were loaded by `COPY FREEZE`.
    void loadedFrozen(int from, int to) {
        for (int id = from; id <= to; id++) {
            loadedFrozen.add(id);
        }
    }

    /// One scan.
    Reading scan() throws SQLException {
        return scan(() -> {});
    }

    /// One scan, with something that happens between its snapshot and its reading.
    Reading scan(Happening afterSnapshot) throws SQLException {
        try (Scan scan = open()) {
            afterSnapshot.happen();
            return scan.finish();
        }
    }

    /// Something that happens at the source.
    @FunctionalInterface
    interface Happening {
        void happen() throws SQLException;
    }

    /// Begins a scan and takes its snapshot.
    Scan open() throws SQLException {
        frozen.begin(held);
        return new Scan(endpoint.open());
    }

    /// A scan that has its snapshot.
    final class Scan implements AutoCloseable {
        private final Connection session;
        private final ScanPosition position;

        private Scan(Connection session) throws SQLException {
            this.session = session;
            try (Statement statement = session.createStatement()) {
                statement.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY");
                try (ResultSet row = statement.executeQuery("SELECT pg_current_snapshot()::text")) {
                    row.next();
                    this.position = new ScanPosition(held.number() + 1, 1, TransactionSnapshot.parse(row.getString(1)));
                }
            }
        }

        Connection session() {
            return session;
        }

        ScanPosition position() {
            return position;
        }

        /// What the filter says of the table.
        Reading look() throws SQLException {
            return frozen.read(session, storage());
        }

        Storage storage() throws SQLException {
            CatalogReader catalog = new CatalogReader(session, new Scope.Readable(), Selection.everything(), Salt.random());
            List<Storage> storages = catalog.storages(NOTES);
            assertThat(storages).hasSize(1);
            return storages.getFirst();
        }

        /// Reads, compares, and has the destination take it.
        Reading finish() throws SQLException {
            Storage storage = storage();
            Reading reading = look();
            boolean anew = filenode != storage.filenode();
            String newer = anew ? "true" : "age(xmin) <= (SELECT age('%d'::xid))".formatted(held.snapshot().xmin() & 0xFFFF_FFFFL);
            Map<Integer, String> without = rows(newer);
            Map<Integer, String> with = rows(reading.condition(NOTES, newer));
            if (anew) {
                destination.clear();
            }
            destination.putAll(with);
            Map<Integer, String> lost = rows("true");
            lost.entrySet().removeIf(row -> row.getValue().equals(destination.get(row.getKey())));
            assertThat(lost).as("rows that the destination lacks after scan %d, which read %s", position.number(), reading).isEmpty();
            // Rows loaded frozen are all-visible although they are newer than the horizon; a scan without the filter brings them again.
            without.keySet().removeIf(id -> !with.containsKey(id) && loadedFrozen.contains(id));
            assertThat(with).isEqualTo(without);
            filenode = storage.filenode();
            commit();
            return reading;
        }

        /// Has the destination take what was read, which may be nothing.
        void commit() {
            frozen.promise(position);
            held = position;
            frozen.settle(held);
        }

        private Map<Integer, String> rows(String condition) throws SQLException {
            Map<Integer, String> rows = new TreeMap<>();
            try (Statement statement = session.createStatement();
                    ResultSet row = statement.executeQuery("SELECT id, body FROM ONLY public.notes WHERE " + condition)) {
                while (row.next()) {
                    rows.put(row.getInt(1), row.getString(2));
                }
            }
            return rows;
        }

        @Override
        public void close() throws SQLException {
            session.close();
        }
    }

    @Override
    public void close() {
        frozen.close();
    }
}
