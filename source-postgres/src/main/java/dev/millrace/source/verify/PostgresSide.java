package dev.millrace.source.verify;

import dev.millrace.core.fault.Fault;
import dev.millrace.core.feed.Fence;
import dev.millrace.core.position.Position;
import dev.millrace.core.position.TransactionSnapshot;
import dev.millrace.core.secret.Salt;
import dev.millrace.core.shape.TableName;
import dev.millrace.core.source.CopySession;
import dev.millrace.core.source.Selection;
import dev.millrace.core.verify.Side;
import dev.millrace.postgres.sql.HashedValue;
import dev.millrace.postgres.verify.Digests;
import dev.millrace.source.catalog.CatalogReader;
import dev.millrace.source.catalog.Scope;
import dev.millrace.source.copy.CopyTerms;
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

/// A source held at one snapshot, for comparing. Belongs to one thread.
public final class PostgresSide implements Side {

    private final Connection session;
    private final Digests digests;
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
        this.digests = new Digests(session);
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
        try {
            return digests.sums(subject, texts(subject), buckets);
        } catch (SQLException e) {
            throw fault(e, subject.shape().table().toString());
        }
    }

    @Override
    public void digests(Subject subject, int buckets, Set<Integer> wanted, Consumer<RowDigest> consumer) {
        try {
            digests.digests(subject, texts(subject), buckets, wanted, consumer);
        } catch (SQLException e) {
            throw fault(e, subject.shape().table().toString());
        }
    }

    @Override
    public List<CanonicalRow> rows(Subject subject, Collection<String> keyDigests) {
        try {
            return digests.rows(subject, texts(subject), keyDigests);
        } catch (SQLException e) {
            throw fault(e, subject.shape().table().toString());
        }
    }

    private String texts(Subject subject) {
        TableName table = subject.shape().table();
        return "SELECT %s FROM %s %s WHERE %s AND %s"
                .formatted(
                        Digests.texts(subject),
                        isPartitioned(table) ? "" : "ONLY",
                        table.quoted(),
                        filter(table),
                        FilterSql.of(subject.shape()));
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
