package dev.millrace.destination.iceberg;

import dev.millrace.core.destination.MetadataTable;
import dev.millrace.core.shape.TableName;
import dev.millrace.destination.duckdb.DuckLibrary;
import dev.millrace.destination.duckdb.DuckSession;
import dev.millrace.destination.duckdb.type.DuckType;
import dev.millrace.destination.duckdb.type.DuckType.Plain;
import java.io.IOException;
import java.nio.file.Files;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Collectors;
import org.apache.iceberg.BaseTable;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.RowDelta;
import org.apache.iceberg.SortOrder;
import org.apache.iceberg.TableMetadata;
import org.apache.iceberg.Transaction;
import org.apache.iceberg.exceptions.CommitFailedException;
import org.duckdb.DuckDBConnection;
import org.jspecify.annotations.Nullable;

/// Writes tables about copies into the lake that the copies are in: small ones, each of which is written anew as a whole. Every file is written before the
/// first table is committed.
final class LakeMetadata {

    private static final int ATTEMPTS = 10;
    private static final String KIND = "millrace.kind";
    private static final String METADATA = "metadata";

    private final Lake lake;
    private final IcebergSettings settings;
    private final String schema;

    LakeMetadata(Lake lake, IcebergSettings settings, String schema) {
        this.lake = lake;
        this.settings = settings;
        this.schema = schema;
    }

    /// Makes the tables that are missing and writes the rows.
    void write(List<MetadataTable> tables) {
        try (DuckDBConnection connection = connection()) {
            tables.forEach(table -> write(connection, table));
        } catch (SQLException e) {
            throw IcebergFaults.of(e, schema);
        }
    }

    /// The greatest text in a column; empty if there is none, or no such table.
    Optional<String> last(String table, String column) {
        TableName place = new TableName(schema, table);
        Optional<BaseTable> there = lake.find(place);
        List<LakeColumn> read = there.stream().flatMap(one -> LakeColumn.of(one.schema()).stream()).filter(one -> one.name().equals(column)).toList();
        if (read.isEmpty()) {
            return Optional.empty();
        }
        try (DuckDBConnection connection = connection();
                DuckSession session = new DuckSession(connection.duplicate(), place.toString());
                LakeFiles storage = new LakeFiles(there.orElseThrow()::io, Files.createTempDirectory("millrace-lake"), settings.cacheBytes())) {
            LakeTable known = new LakeTable(place, there.orElseThrow(), storage, "temp.deleted_" + UUID.randomUUID().toString().replace('-', '_'));
            known.refresh(session);
            if (known.files().isEmpty()) {
                return Optional.empty();
            }
            String rows = new Scan(storage).of(read, known.files().keySet());
            return session.query("SELECT max(%s) FROM (%s)".formatted(read.getFirst().fromFile(), rows), row -> Optional.ofNullable(row.getString(1)))
                    .getFirst();
        } catch (IOException e) {
            throw new StorageFailure(e);
        } catch (SQLException e) {
            throw IcebergFaults.of(e, place.toString());
        }
    }

    private static DuckDBConnection connection() throws SQLException {
        DuckLibrary.load();
        return (DuckDBConnection) DriverManager.getConnection("jdbc:duckdb:");
    }

    private void write(DuckDBConnection connection, MetadataTable table) {
        TableName place = new TableName(schema, table.name());
        for (int attempt = 1; ; attempt++) {
            try (DuckSession session = new DuckSession(connection.duplicate(), place.toString())) {
                BaseTable there = lake.find(place).orElseGet(() -> make(place, table));
                LakeFiles storage = new LakeFiles(there::io, Files.createTempDirectory("millrace-lake"), settings.cacheBytes());
                try (storage) {
                    replace(session, storage, place, there, table);
                }
                return;
            } catch (CommitFailedException e) {
                if (attempt == ATTEMPTS) {
                    throw IcebergFaults.of(e, place.toString());
                }
            } catch (IOException e) {
                throw new StorageFailure(e);
            } catch (SQLException e) {
                throw IcebergFaults.of(e, place.toString());
            }
        }
    }

    private BaseTable make(TableName place, MetadataTable table) {
        Transaction made = lake.create(place, LakeColumn.schema(columns(List.of(), table)), lake.newLocation(place), Map.of(KIND, METADATA));
        made.commitTransaction();
        return lake.find(place).orElseThrow();
    }

    /// The columns that there are, and behind them those that are new.
    private static List<LakeColumn> columns(List<LakeColumn> there, MetadataTable table) {
        List<LakeColumn> columns = new ArrayList<>(there);
        int last = there.stream().mapToInt(LakeColumn::id).max().orElse(0);
        for (MetadataTable.Column column : table.columns()) {
            if (there.stream().noneMatch(one -> one.name().equals(column.name()))) {
                columns.add(new LakeColumn(column.name(), type(column), ++last, 0));
            }
        }
        return columns;
    }

    private static DuckType type(MetadataTable.Column column) {
        return switch (column.type()) {
            case TEXT -> Plain.VARCHAR;
            case NUMBER -> Plain.BIGINT;
            case FLAG -> Plain.BOOLEAN;
            case MOMENT -> Plain.TIMESTAMPTZ;
            case DATE -> Plain.DATE;
        };
    }

    private void replace(DuckSession session, LakeFiles storage, TableName place, BaseTable there, MetadataTable table) {
        LakeTable known = new LakeTable(place, there, storage, "deleted_" + UUID.randomUUID().toString().replace('-', '_'));
        known.refresh(session);
        List<LakeColumn> columns = columns(LakeColumn.of(there.schema()), table);
        session.run("CREATE OR REPLACE TEMP TABLE rows (%s)"
                .formatted(columns.stream().map(column -> TableName.quote(column.name()) + " " + column.type().sql()).collect(Collectors.joining(", "))));
        if (table.growing()) {
            List<LakeColumn> old = LakeColumn.of(there.schema());
            session.run("INSERT INTO temp.rows (%s) SELECT %s FROM (%s)"
                    .formatted(
                            old.stream().map(column -> TableName.quote(column.name())).collect(Collectors.joining(", ")),
                            old.stream().map(LakeColumn::fromFile).collect(Collectors.joining(", ")),
                            new Scan(storage).of(old, known.files().keySet())));
        }
        String names = table.columns().stream().map(MetadataTable.Column::name).map(TableName::quote).collect(Collectors.joining(", "));
        String places = String.join(", ", Collections.nCopies(table.columns().size(), "?"));
        for (MetadataTable.Row row : table.rows()) {
            if (table.growing()) {
                session.run("DELETE FROM temp.rows WHERE %s = ?".formatted(TableName.quote(table.columns().getFirst().name())), row.values()[0]);
            }
            session.run("INSERT INTO temp.rows (%s) VALUES (%s)".formatted(names, places), values(row));
        }
        var target = new ParquetFiles.Target(there.location() + "/data", columns, PartitionSpec.unpartitioned(), SortOrder.unsorted());
        List<DataFile> made = new ParquetFiles(storage).write(session, target, "FROM temp.rows", Optional.empty());
        commit(place, known, columns, made);
    }

    private static void commit(TableName place, LakeTable known, List<LakeColumn> columns, List<DataFile> made) {
        Staging staging = new Staging(known.iceberg().operations());
        TableMetadata base = staging.current();
        var now = LakeColumn.schema(columns);
        if (!base.schema().sameSchema(now)) {
            int last = columns.stream().mapToInt(LakeColumn::id).max().orElse(0);
            staging.commit(base, TableMetadata.buildFrom(base).setCurrentSchema(now, Math.max(last, base.lastColumnId())).build());
        }
        RowDelta delta = staging.table(place).newRowDelta();
        known.files().values().forEach(delta::removeRows);
        made.forEach(delta::addRows);
        delta.commit();
        staging.commit();
    }

    private static @Nullable Object[] values(MetadataTable.Row row) {
        @Nullable Object[] values = row.values().clone();
        for (int i = 0; i < values.length; i++) {
            values[i] = values[i] instanceof Instant at ? at.atOffset(ZoneOffset.UTC) : values[i];
        }
        return values;
    }
}
