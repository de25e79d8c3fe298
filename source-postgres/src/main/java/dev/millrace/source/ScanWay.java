package dev.millrace.source;

import dev.millrace.core.fault.Fault;
import dev.millrace.core.fault.FaultKind;
import dev.millrace.core.feed.ChangeFeed;
import dev.millrace.core.position.Lsn;
import dev.millrace.core.position.Position;
import dev.millrace.core.position.ScanPosition;
import dev.millrace.core.secret.Salt;
import dev.millrace.core.shape.Shape;
import dev.millrace.core.shape.TableName;
import dev.millrace.core.source.Catalog;
import dev.millrace.postgres.session.Sessions;
import dev.millrace.source.copy.CopyTerms;
import dev.millrace.source.scan.KeyWatch;
import dev.millrace.source.scan.ScanCount;
import dev.millrace.source.scan.ScanFeed;
import dev.millrace.source.scan.ScanQuestions;
import dev.millrace.source.scan.ScanSettings;
import dev.millrace.source.scan.ScanSource;
import dev.millrace.source.scan.ScanTerms;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// A source whose tables are looked at for rows that were written since, and maybe for keys that are gone.
///
/// @param count of the scans of this source
/// @param keys the watch over keys, where rows that end are to be found
/// @param tables as they are now
record ScanWay(
        Sessions sessions,
        SourceSession session,
        ScanSettings settings,
        Salt salt,
        ScanCount count,
        Optional<KeyWatch> keys,
        KnownTables tables)
        implements Way, ScanQuestions {

    /* Where a server does not have the function, or does not let it be asked: Aurora, and standbys. */
    private static final String UNSUPPORTED = "0A000";
    private static final String UNDEFINED_FUNCTION = "42883";
    private static final String NOT_PRIVILEGED = "42501";
    private static final String NOT_IN_STATE = "55000";

    private static final long IDS_OF_AN_EPOCH = 1L << 32;
    private static final long FLUSH_MARGIN_MILLIS = 200;

    @Override
    public Position end() {
        return count.next();
    }

    @Override
    public Position start() {
        return ScanPosition.numbered(0);
    }

    @Override
    public boolean continues(Position held) {
        return held instanceof ScanPosition;
    }

    @Override
    public boolean tellsOfEnds() {
        return keys.isPresent();
    }

    @Override
    public ChangeFeed openFeed(Position from) {
        return ScanFeed.open(new ScanSource(sessions, settings, this, count, keys, salt), ScanPosition.of(from));
    }

    @Override
    public boolean mayResume(TableName table) {
        return keys.map(watch -> watch.mayResume(table)).orElse(true);
    }

    @Override
    public void close() {
        keys.ifPresent(KeyWatch::close);
    }

    @Override
    public CopyTerms terms() {
        return new ScanTerms(count, keys);
    }

    @Override
    public Catalog offered(Catalog readable) {
        List<Catalog.Followed> followed = new ArrayList<>();
        List<Catalog.LeftOut> leftOut = new ArrayList<>(readable.leftOut());
        boolean idsAreAmbiguous = nextId() >= IDS_OF_AN_EPOCH;
        for (Catalog.Followed table : readable.followed()) {
            if (table.shape().isKeyed() || keys.isPresent()) {
                followed.add(table);
            } else if (idsAreAmbiguous) {
                leftOut.add(new Catalog.LeftOut(
                        table.table(),
                        "It has no primary key, and this cluster has had more than four billion transactions, so that its rows' `xmin` do not tell which are new.",
                        "Add a primary key, or use `update_method: WAL_PGOUTPUT` or `TELEPORT`, or unselect the table."));
            } else {
                followed.add(warned(table));
            }
        }
        if (followed.isEmpty()) {
            throw new Fault(
                    FaultKind.PERMISSION_MISSING,
                    "the tables",
                    "The user may read no table that can be followed.%s".formatted(PostgresSource.reasons(readable)),
                    "Run `GRANT USAGE ON SCHEMA ... TO <user>;` and `GRANT SELECT ON ALL TABLES IN SCHEMA ... TO <user>;`, or do what is said of the tables.");
        }
        return new Catalog(followed, leftOut);
    }

    private static Catalog.Followed warned(Catalog.Followed table) {
        List<String> warnings = new ArrayList<>(table.warnings());
        warnings.add("It has no primary key, and XMIN does not see what a row was before: a row that is changed comes as another one beside the old.");
        return new Catalog.Followed(table.shape(), table.blocks(), table.estimatedRows(), warnings);
    }

    private long nextId() {
        return session.ask("transaction ids", opened -> {
            try (Statement statement = opened.createStatement();
                    ResultSet row = statement.executeQuery("SELECT txid_snapshot_xmax(txid_current_snapshot())")) {
                row.next();
                return row.getLong(1);
            }
        });
    }

    @Override
    public Map<TableName, Shape> shapes() {
        return tables.shapes();
    }

    @Override
    public boolean isStandby() {
        return session.ask("the source", opened -> {
            try (Statement statement = opened.createStatement();
                    ResultSet row = statement.executeQuery("SELECT pg_is_in_recovery()")) {
                return row.next() && row.getBoolean(1);
            }
        });
    }

    @Override
    public long timeline() {
        String sql =
                """
                SELECT CASE WHEN pg_is_in_recovery() THEN (SELECT timeline_id FROM pg_control_checkpoint())
                    ELSE ('x' || left(pg_walfile_name(pg_current_wal_insert_lsn()), 8))::bit(32)::int END""";
        return told("the timeline", sql, row -> row.getLong(1)).orElse(0L);
    }

    @Override
    public Optional<Lsn> inserted() {
        return place("pg_current_wal_insert_lsn");
    }

    /// Three times `wal_writer_delay` (manual, section 28.4, "Asynchronous Commit"); a rollback's record is written as that of such a commit is.
    @Override
    public Duration flushDelay() {
        return session.ask("the log", opened -> {
            // The view of all settings takes longer than all else that is asked here.
            try (Statement statement = opened.createStatement();
                    ResultSet row = statement.executeQuery("SELECT extract(epoch FROM current_setting('wal_writer_delay')::interval) * 1000")) {
                return row.next() ? Duration.ofMillis(3 * row.getLong(1) + FLUSH_MARGIN_MILLIS) : Duration.ZERO;
            }
        });
    }

    @Override
    public Optional<Lsn> flushed() {
        return place("pg_current_wal_flush_lsn");
    }

    private Optional<Lsn> place(String function) {
        String sql = "SELECT CASE WHEN NOT pg_is_in_recovery() THEN %s() END::text".formatted(function);
        return told("the log", sql, row -> row.getString(1)).map(Lsn::parse);
    }

    /// A value that not every server tells.
    private interface Value<T> {
        @Nullable T of(ResultSet row) throws SQLException;
    }

    private <T> Optional<T> told(String subject, String sql, Value<T> value) {
        return session.ask(subject, opened -> {
            try (Statement statement = opened.createStatement();
                    ResultSet row = statement.executeQuery(sql)) {
                row.next();
                return Optional.ofNullable(value.of(row));
            } catch (SQLException e) {
                if (List.of(UNSUPPORTED, UNDEFINED_FUNCTION, NOT_PRIVILEGED, NOT_IN_STATE).contains(e.getSQLState())) {
                    return Optional.empty();
                }
                throw e;
            }
        });
    }
}
