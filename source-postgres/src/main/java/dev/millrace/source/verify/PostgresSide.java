package dev.millrace.source.verify;

import dev.millrace.core.fault.Fault;
import dev.millrace.core.feed.Fence;
import dev.millrace.core.position.Position;
import dev.millrace.core.position.TransactionSnapshot;
import dev.millrace.core.secret.Salt;
import dev.millrace.core.shape.TableName;
import dev.millrace.core.source.CopySession;
import dev.millrace.core.source.Selection;
import dev.millrace.core.verify.DigestRows;
import dev.millrace.core.verify.Side;
import dev.millrace.source.catalog.CatalogReader;
import dev.millrace.source.catalog.Scope;
import dev.millrace.source.copy.CopyTerms;
import dev.millrace.source.copy.HashedValue;
import dev.millrace.source.fault.PostgresFaults;
import dev.millrace.source.filter.FilterSql;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/// A source held at one snapshot, for comparing. Belongs to one thread.
public final class PostgresSide implements Side {

    private static final int FETCH_ROWS = 10_000;

    private final Connection session;
    private final Scope scope;
    private final Salt salt;
    private final Instant begunAt;
    private final CopySession.Shared held;

    /// Takes an open session over and begins its transaction.
    ///
    /// @param scope whose row filters decide which rows are compared
    /// @param terms of the way in which tables are followed
    /// @param salt with which columns are hashed
    public PostgresSide(Connection session, Scope scope, CopyTerms terms, Salt salt) {
        this.session = session;
        this.scope = scope;
        this.salt = salt;
        try {
            begunAt = now(session);
            held = terms.begin(session);
            // The driver leaves the transaction alone, and fetches large results in parts only outside of auto-commit mode.
            session.setAutoCommit(false);
            HashedValue.giveSalt(session, salt);
        } catch (SQLException e) {
            throw fault(e, "snapshot");
        }
    }

    private static Instant now(Connection session) throws SQLException {
        try (Statement statement = session.createStatement();
                ResultSet row = statement.executeQuery("SELECT clock_timestamp()")) {
            row.next();
            return row.getObject(1, OffsetDateTime.class).toInstant();
        }
    }

    /// A fence where this side stands; good until it is closed.
    public Fence fence() {
        return Fence.at(held.id(), held.snapshot(), begunAt, held.readAt());
    }

    /// What this side sees.
    public TransactionSnapshot snapshot() {
        return held.snapshot();
    }

    /// A position behind all that this side sees.
    public Position readAt() {
        return held.readAt();
    }

    @Override
    public Map<Integer, BucketSum> sums(Subject subject, int buckets) {
        String sql =
                """
                SELECT ('x' || substr(k, 1, 8))::bit(32)::bigint & %d AS bucket, count(*) AS counted,
                       sum(('x' || lpad(substr(r, 1, 15), 16, '0'))::bit(64)::bigint) AS first,
                       sum(('x' || lpad(substr(r, 16, 15), 16, '0'))::bit(64)::bigint) AS second
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
        String sql = "SELECT k, r FROM (%s) digests WHERE ('x' || substr(k, 1, 8))::bit(32)::bigint & %d = ANY (?)"
                .formatted(digests(subject), buckets - 1);
        try (PreparedStatement statement = session.prepareStatement(sql)) {
            statement.setFetchSize(FETCH_ROWS);
            statement.setArray(1, session.createArrayOf("bigint", wanted.stream().map(Integer::longValue).toArray()));
            try (ResultSet row = statement.executeQuery()) {
                DigestRows.digests(row, consumer);
            }
        } catch (SQLException e) {
            throw fault(e, subject.shape().table().toString());
        }
    }

    @Override
    public List<CanonicalRow> rows(Subject subject, Collection<String> keyDigests) {
        String sql = "SELECT md5(%s) AS k, t.* FROM (%s) t WHERE md5(%1$s) = ANY (?)"
                .formatted(text(subject.keyPlaces()), texts(subject));
        try (PreparedStatement statement = session.prepareStatement(sql)) {
            statement.setArray(1, session.createArrayOf("text", keyDigests.toArray()));
            try (ResultSet row = statement.executeQuery()) {
                return DigestRows.rows(row, subject.forms().size());
            }
        } catch (SQLException e) {
            throw fault(e, subject.shape().table().toString());
        }
    }

    private String digests(Subject subject) {
        List<Integer> all = IntStream.range(0, subject.forms().size()).boxed().toList();
        return "SELECT md5(%s) AS k, md5(%s) AS r FROM (%s) t".formatted(text(subject.keyPlaces()), text(all), texts(subject));
    }

    private static String text(List<Integer> places) {
        return places.stream()
                .map("coalesce(octet_length(t%1$d) || ':' || t%1$d, '-')"::formatted)
                .collect(Collectors.joining(" || "));
    }

    private String texts(Subject subject) {
        String columns = IntStream.range(0, subject.forms().size())
                .mapToObj(i -> CanonicalSql.of(subject.shape().columns().get(i), subject.forms().get(i)) + " AS t" + i)
                .collect(Collectors.joining(", "));
        TableName table = subject.shape().table();
        return "SELECT %s FROM %s %s WHERE %s AND %s"
                .formatted(columns, isPartitioned(table) ? "" : "ONLY", table.quoted(), filter(table), FilterSql.of(subject.shape()));
    }

    private String filter(TableName table) {
        try {
            return new CatalogReader(session, scope, Selection.everything(), salt).rowFilter(table).map("(%s)"::formatted).orElse("true");
        } catch (SQLException e) {
            throw fault(e, table.toString());
        }
    }

    private boolean isPartitioned(TableName table) {
        try (PreparedStatement statement = session.prepareStatement("SELECT relkind = 'p' FROM pg_class WHERE oid = to_regclass(?)")) {
            statement.setString(1, table.quoted());
            try (ResultSet row = statement.executeQuery()) {
                return row.next() && row.getBoolean(1);
            }
        } catch (SQLException e) {
            throw fault(e, table.toString());
        }
    }

    private static Fault fault(SQLException e, String subject) {
        return PostgresFaults.of(e, subject);
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
