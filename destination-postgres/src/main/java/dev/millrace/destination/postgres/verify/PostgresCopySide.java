package dev.millrace.destination.postgres.verify;

import dev.millrace.core.fault.Fault;
import dev.millrace.core.fault.FaultKind;
import dev.millrace.core.merge.SystemColumns;
import dev.millrace.core.naming.TargetNames;
import dev.millrace.core.shape.Column;
import dev.millrace.core.shape.Oid;
import dev.millrace.core.shape.Shape;
import dev.millrace.core.shape.SourceType;
import dev.millrace.core.shape.TableName;
import dev.millrace.core.verify.CanonicalForm;
import dev.millrace.core.verify.CopySide;
import dev.millrace.destination.postgres.fault.DestinationFaults;
import dev.millrace.destination.postgres.fault.Place;
import dev.millrace.destination.postgres.type.TargetType;
import dev.millrace.destination.postgres.type.TargetTypes;
import dev.millrace.postgres.verify.CanonicalSql;
import dev.millrace.postgres.verify.Digests;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/// A destination held at one moment by a transaction, for comparing. Belongs to one thread.
///
/// Rows marked deleted, and closed versions, are no rows here.
public final class PostgresCopySide implements CopySide {

    private final Connection session;
    private final Place place;
    private final SystemColumns system;
    private final TargetTypes types;
    private final Digests digests;
    private final Map<TableName, Map<String, TargetType>> stored = new HashMap<>();

    /// Takes an open session over and begins its transaction, which from here on sees what is committed now.
    ///
    /// @param types the server's
    public PostgresCopySide(Connection session, Place place, SystemColumns system, TargetTypes types) {
        this.session = session;
        this.place = place;
        this.system = system;
        this.types = types;
        this.digests = new Digests(session);
        try {
            session.setAutoCommit(false);
            try (Statement statement = session.createStatement()) {
                statement.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY");
                // A transaction takes its view of the data with its first read.
                statement.execute("SELECT FROM _millrace.version");
            }
        } catch (SQLException e) {
            throw DestinationFaults.of(e, place);
        }
    }

    @Override
    public Subject subject(Shape shape, TargetNames names) {
        Map<String, TargetType> here = stored(names.table());
        List<CanonicalForm> forms = new ArrayList<>();
        for (Column column : shape.columns()) {
            TargetType type = here.get(names.of(column));
            if (type == null) {
                throw new Fault(
                        FaultKind.DESTINATION_REFUSED,
                        shape.table().toString(),
                        "The destination's table has no column %s, so it cannot be compared.".formatted(column.name()),
                        "Run `millrace resync` for the table.");
            }
            forms.add(ComparedForm.of(column.type(), type, types.nativeType(column.type()).orElse(TargetType.TEXT)));
        }
        return new Subject(shape, names, forms);
    }

    /// The types of a table's columns by name, both as they are here.
    private Map<String, TargetType> stored(TableName table) {
        return stored.computeIfAbsent(table, here -> {
            Map<String, TargetType> columns = new HashMap<>();
            String sql = "SELECT attname, format_type(atttypid, atttypmod) FROM pg_attribute WHERE attrelid = to_regclass(?) AND attnum > 0 AND NOT attisdropped";
            try (PreparedStatement statement = session.prepareStatement(sql)) {
                statement.setString(1, here.quoted());
                try (ResultSet row = statement.executeQuery()) {
                    while (row.next()) {
                        columns.put(row.getString(1), new TargetType(row.getString(2)));
                    }
                }
            } catch (SQLException e) {
                throw DestinationFaults.of(e, place);
            }
            return columns;
        });
    }

    @Override
    public Map<Integer, BucketSum> sums(Subject subject, int buckets) {
        try {
            return digests.sums(subject, texts(subject), buckets);
        } catch (SQLException e) {
            throw DestinationFaults.of(e, place);
        }
    }

    @Override
    public void digests(Subject subject, int buckets, Set<Integer> wanted, Consumer<RowDigest> consumer) {
        try {
            digests.digests(subject, texts(subject), buckets, wanted, consumer);
        } catch (SQLException e) {
            throw DestinationFaults.of(e, place);
        }
    }

    @Override
    public List<CanonicalRow> rows(Subject subject, Collection<String> keyDigests) {
        try {
            return digests.rows(subject, texts(subject), keyDigests);
        } catch (SQLException e) {
            throw DestinationFaults.of(e, place);
        }
    }

    /// What lies here is printed as it is: amounts are numbers, and hashes are texts.
    private String texts(Subject subject) {
        List<String> texts = new ArrayList<>();
        for (int i = 0; i < subject.forms().size(); i++) {
            String here = subject.names().of(subject.shape().columns().get(i));
            SourceType asItIs = new SourceType.Scalar(Oid.TEXT, "text", -1, true);
            texts.add(CanonicalSql.of(new Column(here, asItIs), subject.forms().get(i)) + " AS t" + i);
        }
        TableName table = subject.names().table();
        return "SELECT " + String.join(", ", texts) + " FROM " + table.quoted() + " WHERE " + system.isLive(system.modeOf(stored(table).keySet()));
    }

    @Override
    public void close() {
        try {
            session.close();
        } catch (SQLException e) {
            throw DestinationFaults.of(e, place);
        }
    }
}
