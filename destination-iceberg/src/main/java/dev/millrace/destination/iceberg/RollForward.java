package dev.millrace.destination.iceberg;

import dev.millrace.core.fault.Fault;
import dev.millrace.core.fault.FaultKind;
import dev.millrace.core.shape.TableName;
import dev.millrace.destination.duckdb.DuckSession;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.apache.iceberg.BaseTable;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.DeleteFile;
import org.apache.iceberg.FileFormat;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.RowDelta;
import org.apache.iceberg.SortOrder;
import org.apache.iceberg.TableMetadata;
import org.apache.iceberg.TableOperations;
import org.apache.iceberg.Transaction;
import org.apache.iceberg.exceptions.AlreadyExistsException;
import org.apache.iceberg.exceptions.CommitFailedException;
import org.apache.iceberg.exceptions.CommitStateUnknownException;
import org.apache.iceberg.util.DeleteFileSet;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Carries out what a batch is going to do to a table, once: a table says in its properties which batch was the last. Belongs to the owner's thread.
final class RollForward {

    /// The property, and the summary's line, with the number of a table's latest batch.
    static final String BATCH = "millrace.batch";
    /// The property with the name of the connection that a table is of.
    static final String CONNECTION = "millrace.connection";

    private static final Logger LOG = LoggerFactory.getLogger(RollForward.class);
    private static final int ATTEMPTS = 20;

    private final Lake lake;
    private final LakeFiles storage;
    private final ParquetFiles parquet;
    private final Scan scan;
    private final String connection;
    private final Function<TableName, IcebergSettings.Layout> layouts;
    private final Function<BaseTable, LakeTable> tables;

    /// @param layouts how a table that is made lies, by its place
    /// @param tables makes what knows a table
    RollForward(
            Lake lake,
            LakeFiles storage,
            ParquetFiles parquet,
            Scan scan,
            String connection,
            Function<TableName, IcebergSettings.Layout> layouts,
            Function<BaseTable, LakeTable> tables) {
        this.lake = lake;
        this.storage = storage;
        this.parquet = parquet;
        this.scan = scan;
        this.connection = connection;
        this.layouts = layouts;
        this.tables = tables;
    }

    /// The latest batch of a table; -1 if it had none.
    static long batch(TableMetadata table) {
        return Long.parseLong(table.properties().getOrDefault(BATCH, "-1"));
    }

    /// Carries it out, if it is not; returns the table as it is then, if there is one.
    ///
    /// @param known the table as the batch found it, if it is known
    Optional<LakeTable> run(DuckSession session, TableIntent intent, Optional<LakeTable> known) {
        if (intent.drops()) {
            known.map(LakeTable::iceberg).or(() -> lake.find(intent.place())).ifPresent(table -> {
                checkOurs(table, intent.place());
                lake.drop(intent.place());
            });
            return Optional.empty();
        }
        for (int attempt = 1; ; attempt++) {
            try {
                return Optional.of(attempt(session, intent, known, attempt));
            } catch (CommitFailedException | AlreadyExistsException e) {
                LOG.info("table={} batch={} commit=refused attempt={} reason=\"{}\"", intent.place(), intent.batch(), attempt, e.getMessage());
                if (attempt == ATTEMPTS) {
                    throw IcebergFaults.of(e, intent.place().toString());
                }
            } catch (CommitStateUnknownException e) {
                // The next attempt reads whether it happened.
                LOG.info("table={} batch={} commit=unknown attempt={} reason=\"{}\"", intent.place(), intent.batch(), attempt, e.getMessage());
                if (attempt == ATTEMPTS) {
                    throw IcebergFaults.of(e, intent.place().toString());
                }
            }
        }
    }

    private LakeTable attempt(DuckSession session, TableIntent intent, Optional<LakeTable> known, int attempt) {
        Optional<LakeTable> found = known.or(() -> lake.find(intent.place()).map(tables));
        if (found.isEmpty()) {
            if (!intent.replaces()) {
                throw IcebergFaults.altered(intent.place().toString(), "The table %s is gone".formatted(intent.place()));
            }
            return make(session, intent);
        }
        LakeTable table = found.get();
        boolean isFirst = known.isPresent() && attempt == 1;
        if (!isFirst) {
            table.refresh(session);
        }
        checkOurs(table.iceberg(), intent.place());
        TableOperations operations = table.iceberg().operations();
        if (batch(operations.current()) >= intent.batch()) {
            table.refresh(session);
        } else {
            TableIntent fitting = isFirst || intent.replaces() ? intent : relocated(session, table, intent);
            long before = snapshot(table.iceberg());
            Staging staging = new Staging(operations);
            stage(staging, fitting, table, intent.place());
            staging.commit();
            table.iceberg().refresh();
            table.committed(session, before, fitting, DeleteFileSet.of(fitting.deletes()));
        }
        if (intent.erases()) {
            erase(table.iceberg());
            table.refresh(session);
        }
        return table;
    }

    private static long snapshot(BaseTable table) {
        return table.currentSnapshot() == null ? -1 : table.currentSnapshot().snapshotId();
    }

    private void checkOurs(BaseTable table, TableName place) {
        if (!connection.equals(table.properties().get(CONNECTION))) {
            throw new Fault(
                    FaultKind.DESTINATION_REFUSED,
                    place.toString(),
                    "A table %s that was not made for this connection is there already.".formatted(place),
                    "Rename that table, or choose another schema prefix.");
        }
    }

    private LakeTable make(DuckSession session, TableIntent intent) {
        Transaction made = lake.create(intent.place(), intent.columns(), intent.location(), Map.of(CONNECTION, connection));
        TableOperations operations = Lake.operations(made);
        Staging staging = new Staging(operations);
        TableMetadata base = staging.current();
        TableMetadata.Builder builder = TableMetadata.buildFrom(base).setCurrentSchema(intent.columns(), Math.max(intent.lastColumn(), base.lastColumnId()));
        IcebergSettings.Layout layout = layouts.apply(intent.place());
        PartitionSpec spec = Partitions.spec(intent.place(), layout, intent.columns(), 1);
        if (spec.isPartitioned()) {
            builder.setDefaultPartitionSpec(spec);
        }
        SortOrder order = Partitions.order(intent.place(), layout, intent.columns());
        if (order.isSorted()) {
            builder.setDefaultSortOrder(order);
        }
        staging.commit(base, builder.build());
        stage(staging, intent, null, intent.place());
        staging.commit();
        made.commitTransaction();
        LakeTable table = tables.apply(lake.find(intent.place()).orElseThrow());
        table.refresh(session);
        return table;
    }

    private static void stage(Staging staging, TableIntent intent, @org.jspecify.annotations.Nullable LakeTable before, TableName place) {
        TableMetadata base = staging.current();
        TableMetadata.Builder builder = TableMetadata.buildFrom(base).setProperties(Map.of(BATCH, Long.toString(intent.batch())));
        if (!base.schema().sameSchema(intent.columns())) {
            builder.setCurrentSchema(intent.columns(), Math.max(intent.lastColumn(), base.lastColumnId()));
        }
        staging.commit(base, builder.build());
        if (!intent.hasFiles()) {
            return;
        }
        RowDelta delta = staging.table(place).newRowDelta();
        if (base.currentSnapshot() != null) {
            // What came before is known; nobody has come between, or the catalogue refuses the commit.
            delta.validateFromSnapshot(base.currentSnapshot().snapshotId());
        }
        if (intent.replaces() && before != null) {
            before.files().values().forEach(delta::removeRows);
            before.deletes().forEach(delta::removeDeletes);
        }
        intent.removed().forEach(delta::removeRows);
        intent.undone().forEach(delta::removeDeletes);
        intent.added().forEach(delta::addRows);
        intent.deletes().forEach(delta::addDeletes);
        intent.summary().forEach(delta::set);
        delta.commit();
    }

    /// Removes every snapshot but the latest, with the files that only they had.
    private static void erase(BaseTable table) {
        if (table.currentSnapshot() != null) {
            table.expireSnapshots().expireOlderThan(System.currentTimeMillis() + 1).retainLast(1).commit();
            table.refresh();
        }
    }

    /// The same for a table whose files somebody has rewritten since: rows that were to be deleted are found again where they are now.
    private TableIntent relocated(DuckSession session, LakeTable table, TableIntent intent) {
        if (intent.deletes().isEmpty()) {
            return intent;
        }
        gatherPositions(session, table, intent);
        Set<String> gone = new LinkedHashSet<>(session.query("SELECT DISTINCT file FROM temp.millrace_positions", row -> row.getString(1)));
        gone.removeAll(table.files().keySet());
        intent.added().forEach(file -> gone.remove(file.location()));
        if (gone.isEmpty() && table.iceberg().operations().current().formatVersion() == 2) {
            return intent;
        }
        find(session, table, intent, gone);
        Map<String, DataFile> files = new HashMap<>(table.files());
        intent.added().forEach(file -> files.put(file.location(), file));
        DeletedRows writer = new DeletedRows(parquet, table.iceberg().io());
        DeletedRows.Written written = table.iceberg().operations().current().formatVersion() == 2
                ? writer.positions(session, folder(intent), table.iceberg().specs(), files, "temp.millrace_positions")
                : writer.vectors(
                        session,
                        folder(intent),
                        table.iceberg().specs(),
                        files,
                        table::deletedIn,
                        "temp.millrace_positions");
        LOG.info("table={} batch={} files_rewritten_by_others={}", intent.place(), intent.batch(), gone.size());
        return new TableIntent(
                intent.batch(),
                intent.place(),
                intent.location(),
                intent.columns(),
                intent.lastColumn(),
                intent.added(),
                written.files(),
                intent.removed().stream().filter(file -> table.files().containsKey(file.location())).toList(),
                written.undone(),
                intent.replaces(),
                intent.erases(),
                intent.drops(),
                intent.summary());
    }

    private static String folder(TableIntent intent) {
        return intent.location() + "/data";
    }

    /// Puts what the batch deletes, and nothing did before it, into a temporary table.
    private void gatherPositions(DuckSession session, LakeTable table, TableIntent intent) {
        session.run("CREATE OR REPLACE TEMP TABLE millrace_positions (file VARCHAR, pos BIGINT)");
        List<String> files = intent.deletes().stream()
                .filter(file -> file.format() == FileFormat.PARQUET)
                .map(DeleteFile::location)
                .toList();
        if (!files.isEmpty()) {
            session.run("INSERT INTO temp.millrace_positions SELECT file_path, pos FROM (%s)".formatted(LakeTable.positions(storage, files)));
        }
        Map<String, DeleteFile> earlier = new LinkedHashMap<>();
        intent.undone().forEach(file -> earlier.put(String.valueOf(file.referencedDataFile()), file));
        for (DeleteFile vector : intent.deletes()) {
            if (vector.format() == FileFormat.PUFFIN) {
                String file = String.valueOf(vector.referencedDataFile());
                List<Long> positions = new ArrayList<>();
                table.read(vector).forEach(positions::add);
                Optional.ofNullable(earlier.get(file)).ifPresent(was -> table.read(was).forEach(positions::remove));
                session.run("INSERT INTO temp.millrace_positions SELECT '%s', unnest(%s::BIGINT[])".formatted(file.replace("'", "''"), positions));
            }
        }
    }

    /// Replaces the positions in files that are gone by those where equal rows are now.
    private void find(DuckSession session, LakeTable table, TableIntent intent, Set<String> gone) {
        if (gone.isEmpty()) {
            return;
        }
        List<LakeColumn> columns = LakeColumn.of(table.iceberg().schema());
        List<String> values = columns.stream().map(column -> EqualRows.comparable(column.scanned(), column.type())).toList();
        List<String> told = List.of(Scan.FILE, Scan.POSITION);
        String was = "(SELECT * FROM (%s) AS s SEMI JOIN temp.millrace_positions AS p ON s.%s = p.file AND s.%s = p.pos)"
                .formatted(scan.of(columns, gone), Scan.FILE, Scan.POSITION);
        String now = "(SELECT * FROM (%s) AS s ANTI JOIN %s AS d ON s.%s = d.file AND s.%s = d.pos)"
                .formatted(scan.of(columns, table.files().keySet()), table.deleted(), Scan.FILE, Scan.POSITION);
        long wanted = session.queryLong("SELECT count(*) FROM temp.millrace_positions WHERE file IN (%s)".formatted(list(gone)));
        String renamed = "(SELECT * RENAME (%s AS \"was file\", %s AS \"was pos\") FROM %s)".formatted(Scan.FILE, Scan.POSITION, was);
        session.run("CREATE OR REPLACE TEMP TABLE millrace_found AS "
                + EqualRows.pairs(
                        new EqualRows.Side(renamed, values, List.of("\"was file\"", "\"was pos\"")), new EqualRows.Side(now, values, told)));
        long found = session.queryLong("SELECT count(*) FROM temp.millrace_found");
        if (found < wanted) {
            throw IcebergFaults.altered(
                    intent.place().toString(),
                    "%d rows of %s that a batch changes are not in it as they were written".formatted(wanted - found, intent.place()));
        }
        session.run("DELETE FROM temp.millrace_positions WHERE file IN (%s)".formatted(list(gone)));
        session.run("INSERT INTO temp.millrace_positions SELECT %s, %s FROM temp.millrace_found".formatted(Scan.FILE, Scan.POSITION));
    }

    private static String list(Set<String> files) {
        return files.stream().map(file -> "'" + file.replace("'", "''") + "'").collect(java.util.stream.Collectors.joining(", "));
    }
}
