package dev.millrace.postgres.verify;

import dev.millrace.core.verify.DigestRows;
import dev.millrace.core.verify.Side;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/// The questions of a comparison, asked in a session's transaction. Belongs to one thread.
///
/// Each is asked of a `SELECT` whose columns `t0`, `t1`, ... are the canonical texts of a subject's columns, in its order.
public final class Digests {

    private static final int FETCH_ROWS = 10_000;

    private final Connection session;

    /// Asks in a session that is not in auto-commit mode, since the driver fetches large results in parts only then.
    public Digests(Connection session) {
        this.session = session;
    }

    /// The columns of such a `SELECT`, from columns that have the names that they have in the subject's shape.
    public static String texts(Side.Subject subject) {
        return IntStream.range(0, subject.forms().size())
                .mapToObj(i -> CanonicalSql.of(subject.shape().columns().get(i), subject.forms().get(i)) + " AS t" + i)
                .collect(Collectors.joining(", "));
    }

    /// [Side#sums].
    public Map<Integer, Side.BucketSum> sums(Side.Subject subject, String texts, int buckets) throws SQLException {
        String sql =
                """
                SELECT ('x' || substr(k, 1, 8))::bit(32)::bigint & %d AS bucket, count(*) AS counted,
                       sum(('x' || lpad(substr(r, 1, 15), 16, '0'))::bit(64)::bigint) AS first,
                       sum(('x' || lpad(substr(r, 16, 15), 16, '0'))::bit(64)::bigint) AS second
                FROM (%s) digests
                GROUP BY 1
                """
                        .formatted(buckets - 1, digests(subject, texts));
        try (Statement statement = session.createStatement();
                ResultSet row = statement.executeQuery(sql)) {
            return DigestRows.sums(row);
        }
    }

    /// [Side#digests].
    public void digests(Side.Subject subject, String texts, int buckets, Set<Integer> wanted, Consumer<Side.RowDigest> consumer)
            throws SQLException {
        String sql = "SELECT k, r FROM (%s) digests WHERE ('x' || substr(k, 1, 8))::bit(32)::bigint & %d = ANY (?)"
                .formatted(digests(subject, texts), buckets - 1);
        try (PreparedStatement statement = session.prepareStatement(sql)) {
            statement.setFetchSize(FETCH_ROWS);
            statement.setArray(1, session.createArrayOf("bigint", wanted.stream().map(Integer::longValue).toArray()));
            try (ResultSet row = statement.executeQuery()) {
                DigestRows.digests(row, consumer);
            }
        }
    }

    /// [Side#rows].
    public List<Side.CanonicalRow> rows(Side.Subject subject, String texts, Collection<String> keyDigests) throws SQLException {
        String sql = "SELECT md5(%s) AS k, t.* FROM (%s) t WHERE md5(%1$s) = ANY (?)".formatted(text(subject.keyPlaces()), texts);
        try (PreparedStatement statement = session.prepareStatement(sql)) {
            statement.setArray(1, session.createArrayOf("text", keyDigests.toArray()));
            try (ResultSet row = statement.executeQuery()) {
                return DigestRows.rows(row, subject.forms().size());
            }
        }
    }

    private static String digests(Side.Subject subject, String texts) {
        List<Integer> all = IntStream.range(0, subject.forms().size()).boxed().toList();
        return "SELECT md5(%s) AS k, md5(%s) AS r FROM (%s) t".formatted(text(subject.keyPlaces()), text(all), texts);
    }

    private static String text(List<Integer> places) {
        return places.stream()
                .map("coalesce(octet_length(t%1$d) || ':' || t%1$d, '-')"::formatted)
                .collect(Collectors.joining(" || "));
    }
}
