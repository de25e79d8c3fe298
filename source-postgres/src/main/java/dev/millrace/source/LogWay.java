package dev.millrace.source;

import dev.millrace.core.fault.Fault;
import dev.millrace.core.fault.FaultKind;
import dev.millrace.core.feed.ChangeFeed;
import dev.millrace.core.position.LogPosition;
import dev.millrace.core.position.Lsn;
import dev.millrace.core.position.Position;
import dev.millrace.core.shape.TableName;
import dev.millrace.core.source.Catalog;
import dev.millrace.postgres.session.Sessions;
import dev.millrace.source.copy.CopyTerms;
import dev.millrace.source.copy.LogTerms;
import dev.millrace.source.wal.LogReader;
import dev.millrace.source.wal.LogSettings;
import dev.millrace.source.wal.TableLookup;
import java.sql.ResultSet;
import java.sql.Statement;

/// A source that is followed through its log.
///
/// @param publication whose tables are followed
record LogWay(Sessions sessions, SourceSession session, LogSettings settings, String publication, TableLookup tables) implements Way {

    @Override
    public Position end() {
        return session.ask("the log", opened -> {
            try (Statement statement = opened.createStatement();
                    ResultSet row = statement.executeQuery(
                            "SELECT (CASE WHEN pg_is_in_recovery() THEN pg_last_wal_replay_lsn() ELSE pg_current_wal_lsn() END)::text")) {
                row.next();
                return new LogPosition(Lsn.parse(row.getString(1)).beforePageHeader());
            }
        });
    }

    @Override
    public Position start() {
        return new LogPosition(LogReader.start(sessions, settings));
    }

    @Override
    public boolean continues(Position held) {
        return held instanceof LogPosition;
    }

    @Override
    public boolean tellsOfEnds() {
        return true;
    }

    @Override
    public ChangeFeed openFeed(Position from) {
        return LogReader.open(sessions, settings, tables, LogPosition.lsn(from));
    }

    @Override
    public boolean mayResume(TableName table) {
        return true;
    }

    @Override
    public void close() {}

    @Override
    public CopyTerms terms() {
        return new LogTerms();
    }

    @Override
    public Catalog offered(Catalog readable) {
        if (readable.followed().isEmpty()) {
            throw new Fault(
                    FaultKind.PUBLICATION_EMPTY,
                    publication,
                    "Publication `%s` holds no table that can be followed.%s".formatted(publication, PostgresSource.reasons(readable)),
                    "Run `ALTER PUBLICATION %s ADD TABLE ...;`, or do what is said of the tables that it holds."
                            .formatted(TableName.quote(publication)));
        }
        return readable;
    }
}
