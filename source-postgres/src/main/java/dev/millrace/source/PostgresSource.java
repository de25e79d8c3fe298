package dev.millrace.source;

import dev.millrace.core.copy.CopyPlan;
import dev.millrace.core.destination.SourceIdentity;
import dev.millrace.core.fault.Fault;
import dev.millrace.core.fault.FaultKind;
import dev.millrace.core.feed.ChangeFeed;
import dev.millrace.core.fingerprint.FingerprintIndex;
import dev.millrace.core.position.Position;
import dev.millrace.core.shape.Column;
import dev.millrace.core.shape.SourceType;
import dev.millrace.core.shape.TableName;
import dev.millrace.core.shape.WireForm;
import dev.millrace.core.source.Catalog;
import dev.millrace.core.source.CopySession;
import dev.millrace.core.source.Source;
import dev.millrace.core.value.ValueHash;
import dev.millrace.postgres.session.Sessions;
import dev.millrace.source.catalog.CatalogReader;
import dev.millrace.source.catalog.Scope;
import dev.millrace.source.copy.CancelledReads;
import dev.millrace.source.copy.CopyPlanner;
import dev.millrace.source.copy.PostgresCopySession;
import dev.millrace.source.fault.PostgresFaults;
import dev.millrace.source.scan.KeyWatch;
import dev.millrace.source.scan.ScanCount;
import dev.millrace.source.scan.ScanSettings;
import dev.millrace.source.verify.PostgresSide;
import dev.millrace.source.wal.LogSettings;
import dev.millrace.source.wal.TableLookup;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/// A PostgreSQL database, followed in one of the ways of [Following].
///
/// Keeps one session for its own questions. May be used by many threads.
public final class PostgresSource implements Source {

    private static final int OLDEST_MAJOR_VERSION = 11;

    private final Sessions sessions;
    private final PostgresSourceSettings settings;
    private final SourceSession session;
    private final Way way;
    private final CancelledReads cancelledReads = new CancelledReads();

    /// Opens the source's own session and checks that the server is of a version that is supported.
    public PostgresSource(Sessions sessions, PostgresSourceSettings settings) {
        this.sessions = sessions;
        this.settings = settings;
        this.session = SourceSession.open(sessions);
        this.way = way();
        int version = ask("version", opened -> opened.getMetaData().getDatabaseMajorVersion());
        if (version < OLDEST_MAJOR_VERSION) {
            throw new Fault(
                    FaultKind.VERSION_UNSUPPORTED,
                    "the source",
                    "The source is PostgreSQL %d; Millrace reads version %d and later.".formatted(version, OLDEST_MAJOR_VERSION),
                    "Upgrade the server.");
        }
    }

    private Way way() {
        return switch (settings.following()) {
            case Following.Log(String slot, String publication) -> {
                LogSettings log = new LogSettings(slot, List.of(publication), settings.limits(), settings.spool());
                yield new LogWay(sessions, session, log, publication, new Tables());
            }
            case Following.Xmin(Duration pause) -> scanWay(pause, Optional.empty());
            case Following.Teleport(Duration pause, Supplier<FingerprintIndex> index) ->
                scanWay(pause, Optional.of(new KeyWatch(index, settings.salt())));
        };
    }

    private ScanWay scanWay(Duration pause, Optional<KeyWatch> keys) {
        ScanSettings scans = ScanSettings.of(pause, settings.limits().batchBytes(), settings.spool());
        return new ScanWay(sessions, session, scans, settings.salt(), new ScanCount(), keys, new KnownTables(this::catalogStamp, this::catalog));
    }

    @Override
    public SourceIdentity identity() {
        return ask("the source", opened -> {
            try (Statement statement = opened.createStatement();
                    ResultSet row = statement.executeQuery(
                            "SELECT system_identifier::text, current_database() FROM pg_control_system()")) {
                row.next();
                return new SourceIdentity(row.getString(1), row.getString(2));
            }
        });
    }

    @Override
    public Catalog catalog() {
        return way.offered(ask("the catalogue", opened -> {
            CatalogReader reader = reader(opened);
            if (settings.following().scope() instanceof Scope.Published(String publication) && reader.publication().isEmpty()) {
                throw PostgresFaults.publicationsMissing(List.of(publication));
            }
            return reader.read();
        }));
    }

    @Override
    public String catalogStamp() {
        return ask("the catalogue", opened -> reader(opened).stamp());
    }

    /// The tables of the database that the publication does not hold, temporary ones among them, each with what to do.
    public List<Catalog.LeftOut> outside() {
        return ask("the catalogue", opened -> reader(opened).outside());
    }

    /// Why tables cannot be followed, as sentences.
    static String reasons(Catalog catalog) {
        return catalog.leftOut().stream()
                .limit(20)
                .map(table -> " %s: %s %s".formatted(table.table(), table.reason(), table.remedy()).stripTrailing())
                .reduce("", String::concat);
    }

    @Override
    public Optional<Catalog.Followed> find(TableName table) {
        return ask(table.toString(), opened -> reader(opened).find(table));
    }

    @Override
    public CopyPlan plan(Catalog.Followed table) {
        return ask(
                table.table().toString(),
                opened -> new CopyPlanner(
                                reader(opened),
                                opened.getMetaData().getDatabaseMajorVersion(),
                                cancelledReads.rangeBlocks(table.table(), settings.limits().copyRangeBlocks()),
                                settings.limits().copySessions())
                        .plan(table));
    }

    @Override
    public boolean stillHolds(CopyPlan plan) {
        TableName table = plan.shape().table();
        return way.mayResume(table) && ask(table.toString(), opened -> reader(opened).fingerprint(table).equals(plan.fingerprint()));
    }

    @Override
    public Position end() {
        return way.end();
    }

    @Override
    public Position start() {
        return way.start();
    }

    @Override
    public boolean continues(Position held) {
        return way.continues(held);
    }

    @Override
    public boolean tellsOfEnds() {
        return way.tellsOfEnds();
    }

    /// Opens a session that is held at a snapshot, for comparing.
    public PostgresSide openSide() {
        try {
            return settings.following().side(sessions.open(), settings.salt());
        } catch (SQLException e) {
            throw PostgresFaults.of(e, "the source");
        }
    }

    @Override
    public CopySession openCopySession() {
        try {
            return new PostgresCopySession(sessions.open(), settings.salt(), way.terms(), cancelledReads);
        } catch (SQLException e) {
            throw PostgresFaults.of(e, "the source");
        }
    }

    @Override
    public ChangeFeed openFeed(Position from) {
        return way.openFeed(from);
    }

    @Override
    public void close() {
        way.close();
        session.close();
    }

    private CatalogReader reader(Connection opened) throws SQLException {
        return new CatalogReader(opened, settings.following().scope(), settings.selection(), settings.salt());
    }

    /// What the log asks the catalogue.
    private final class Tables implements TableLookup {

        private final ValueHash hash = new ValueHash(settings.salt());

        @Override
        public Optional<FollowedTable> find(TableName table) {
            return PostgresSource.this.find(table).map(followed -> {
                Set<String> here = ask(table.toString(), opened -> columns(opened, table));
                followed.shape().columns().forEach(column -> here.remove(column.name()));
                Set<String> copied = followed.shape().columns().stream().map(Column::name).collect(Collectors.toSet());
                Set<String> hashed = settings.selection().hashed(table);
                return new FollowedTable(
                        followed.shape(),
                        column -> here.contains(column)
                                || !copied.contains(column) && !settings.selection().includes(table, column),
                        column -> isHashed(column, hashed, copied) ? Optional.of(hash) : Optional.empty());
            });
        }

        /// A column that is not there any more may have been a hashed one under an earlier name.
        private static boolean isHashed(String column, Set<String> hashed, Set<String> copied) {
            return hashed.contains(column) || !hashed.isEmpty() && !copied.contains(column);
        }

        @Override
        public boolean mayBeBinary() {
            return ask("the catalogue", opened -> reader(opened).read().followed().stream()
                    .flatMap(table -> table.shape().columns().stream())
                    .noneMatch(column -> WireForm.mustBeLoggedAsText(column.type())));
        }

        @Override
        public Optional<SourceType> type(int oid, int modifier) {
            return ask("a type", opened -> isThere(opened, oid) ? Optional.of(reader(opened).type(oid, modifier)) : Optional.empty());
        }

        private static Set<String> columns(Connection opened, TableName table) throws SQLException {
            try (PreparedStatement statement = opened.prepareStatement(
                    "SELECT attname FROM pg_attribute WHERE attrelid = to_regclass(?) AND attnum > 0 AND NOT attisdropped")) {
                statement.setString(1, table.quoted());
                try (ResultSet row = statement.executeQuery()) {
                    Set<String> names = new HashSet<>();
                    while (row.next()) {
                        names.add(row.getString(1));
                    }
                    return names;
                }
            }
        }

        private static boolean isThere(Connection opened, int oid) throws SQLException {
            try (PreparedStatement statement = opened.prepareStatement("SELECT EXISTS (SELECT FROM pg_type WHERE oid = ?)")) {
                statement.setLong(1, Integer.toUnsignedLong(oid));
                try (ResultSet row = statement.executeQuery()) {
                    return row.next() && row.getBoolean(1);
                }
            }
        }
    }

    private <T> T ask(String subject, SourceSession.Question<T> question) {
        return session.ask(subject, question);
    }
}
