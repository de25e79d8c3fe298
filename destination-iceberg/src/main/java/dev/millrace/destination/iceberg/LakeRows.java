package dev.millrace.destination.iceberg;

import dev.millrace.core.destination.CommitUnknown;
import dev.millrace.core.fault.Fault;
import dev.millrace.core.fault.FaultKind;
import dev.millrace.core.shape.TableName;
import dev.millrace.destination.duckdb.DuckSession;
import dev.millrace.destination.duckdb.RowQuery;
import dev.millrace.destination.duckdb.RowStore;
import dev.millrace.destination.duckdb.TargetTable;
import dev.millrace.destination.duckdb.type.ColumnTypes;
import dev.millrace.destination.duckdb.type.DuckType;
import java.sql.SQLException;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.apache.iceberg.BaseTable;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.Schema;
import org.apache.iceberg.SortOrder;
import org.apache.iceberg.deletes.PositionDeleteIndex;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Rows that lie in tables of Iceberg.
///
/// A step takes rows out of files onto the workbench; at its end those that it left as they were are put back for nothing, the others are marked
/// deleted where they were, and what is on the workbench beside them is written into new files. Which files each table gains and loses is committed with
/// the position ([LakeMemory]) and carried out afterwards ([RollForward]).
final class LakeRows implements RowStore {

    private static final Logger LOG = LoggerFactory.getLogger(LakeRows.class);
    private static final String OWN_SCHEMAS = "('_millrace', '_millrace_lake')";

    private final Lake lake;
    private final LakeFiles storage;
    private final LakeMemory memory;
    private final IcebergSettings settings;
    private final ParquetFiles parquet;
    private final Scan scan;
    private final RollForward forward;
    private final LakeUpkeep upkeep;
    private final ReentrantLock commits = new ReentrantLock();
    private final Map<TableName, LakeTable> tables = new HashMap<>();
    private Map<TableName, TableName> sources = Map.of();
    private long nextName;
    private Optional<Step> current = Optional.empty();
    private volatile boolean isSettled = true;

    LakeRows(Lake lake, LakeMemory memory, String connection, IcebergSettings settings, InstantSource clock) {
        this.lake = lake;
        this.storage = memory.storage();
        this.memory = memory;
        this.settings = settings;
        this.parquet = new ParquetFiles(storage);
        this.scan = new Scan(storage);
        this.upkeep = new LakeUpkeep(settings.upkeep(), clock, storage, parquet, scan);
        this.forward = new RollForward(lake, storage, parquet, scan, connection, this::layout, this::known);
    }

    /// One transaction.
    private static final class Step {
        private final Map<TableName, Taken> taken = new HashMap<>();
        private final Set<TableName> touched = new LinkedHashSet<>();
        private final Set<TableName> rewritten = new HashSet<>();
        private final Set<TableName> erased = new HashSet<>();
        private final Set<TableName> renamed = new HashSet<>();
        private final Set<TableName> replaced = new LinkedHashSet<>();
        private final Set<TableName> dropped = new LinkedHashSet<>();
        private final List<String> discarded = new ArrayList<>();
        private final List<String> written = new ArrayList<>();
    }

    /// The rows of a table that were taken, as they were: a temporary table of the scanned columns, the file, the place, and the round.
    private static final class Taken {
        private final String table;
        private final List<LakeColumn> columns;
        private boolean all;
        private int rounds;

        Taken(String table, List<LakeColumn> columns) {
            this.table = table;
            this.columns = columns;
        }
    }

    @Override
    public ColumnTypes types() {
        return new IcebergTypes();
    }

    @Override
    public boolean isElsewhere() {
        return true;
    }

    @Override
    public boolean isSettled() {
        return isSettled;
    }

    private Step step() {
        return current.orElseThrow(() -> new IllegalStateException("Invalid step: rows are taken in a transaction only"));
    }

    private static TableName key(TargetTable table) {
        return new TableName(table.schema(), table.table());
    }

    private static boolean isCopy(TableName key) {
        return key.table().startsWith(COPY_PREFIX);
    }

    private static TableName place(TableName key) {
        return isCopy(key) ? new TableName(key.schema(), key.table().substring(COPY_PREFIX.length())) : key;
    }

    private LakeTable known(BaseTable table) {
        String[] levels = table.name().split("\\.", 2);
        return new LakeTable(new TableName("lake", levels[levels.length - 1]), table, storage, "_millrace_lake.d" + nextName++);
    }

    // ---------------------------------------------------------------- taking

    @Override
    public void changing(TargetTable table) {
        step().touched.add(key(table));
    }

    @Override
    public void take(DuckSession session, TargetTable table, List<String> columns, Supplier<String> wanted) {
        Taken taken = taken(session, table);
        if (taken.all) {
            return;
        }
        Map<String, LakeColumn> byName = taken.columns.stream().collect(Collectors.toMap(LakeColumn::name, column -> column));
        String keys = wanted.get();
        List<String> conditions = new ArrayList<>();
        for (String column : columns) {
            LakeColumn held = byName.get(column);
            if (held == null) {
                // A column that no file has yet: none of its rows has a value.
                return;
            }
            conditions.add("s.%s = k.%s".formatted(held.scanned(), TableName.quote(column)));
        }
        take(session, table, taken, " SEMI JOIN %s AS k ON %s".formatted(keys, String.join(" AND ", conditions)));
    }

    @Override
    public void takeAll(DuckSession session, TargetTable table) {
        Taken taken = taken(session, table);
        if (!taken.all) {
            take(session, table, taken, "");
            taken.all = true;
        }
    }

    @Override
    public void takeForType(DuckSession session, TargetTable table, String column, DuckType from, DuckType to) {
        if (!IcebergTypes.isPromotion(from, to)) {
            takeAll(session, table);
        }
    }

    @Override
    public void erase(DuckSession session, TargetTable table) {
        takeAll(session, table);
        step().rewritten.add(key(table));
        step().erased.add(key(table));
    }

    private Taken taken(DuckSession session, TargetTable table) {
        Step step = step();
        TableName key = key(table);
        step.touched.add(key);
        return step.taken.computeIfAbsent(key, _ -> {
            List<LakeColumn> columns = columns(session, key).stream().filter(column -> column.id() > 0).toList();
            String name = "temp.millrace_taken_" + nextName++;
            session.run("CREATE TEMP TABLE %s AS SELECT *, 0 AS \"millrace round\" FROM (%s)"
                    .formatted(name.substring("temp.".length()), scan.of(columns, List.of())));
            return new Taken(name, columns);
        });
    }

    private void take(DuckSession session, TargetTable table, Taken taken, String condition) {
        Source source = source(session, key(table));
        if (source.files().isEmpty()) {
            return;
        }
        int round = ++taken.rounds;
        String before = round == 1
                ? ""
                : " ANTI JOIN %s AS x ON s.%s = x.%2$s AND s.%s = x.%3$s".formatted(taken.table, Scan.FILE, Scan.POSITION);
        long rows = session.run("INSERT INTO %s SELECT s.*, %d FROM (%s) AS s%s%s%s"
                .formatted(taken.table, round, scan.of(taken.columns, source.files()), condition, source.deleted(), before));
        if (rows == 0) {
            return;
        }
        List<String> names = taken.columns.stream().map(LakeColumn::name).map(TableName::quote).toList();
        List<String> values = taken.columns.stream().map(LakeColumn::fromFile).toList();
        session.run("INSERT INTO %s (%s) SELECT %s FROM %s WHERE \"millrace round\" = %d"
                .formatted(table.sql(), String.join(", ", names(session, table, taken, names)), String.join(", ", values), taken.table, round));
    }

    /// The names that the taken columns have by now.
    private List<String> names(DuckSession session, TargetTable table, Taken taken, List<String> asTaken) {
        Map<Integer, String> now = columns(session, key(table)).stream()
                .filter(column -> column.id() > 0)
                .collect(Collectors.toMap(LakeColumn::id, LakeColumn::name));
        List<String> names = new ArrayList<>();
        for (int i = 0; i < asTaken.size(); i++) {
            names.add(Optional.ofNullable(now.get(taken.columns.get(i).id())).map(TableName::quote).orElse(asTaken.get(i)));
        }
        return names;
    }

    /// The files of a table, and the SQL that leaves out what is deleted in them.
    private record Source(Set<String> files, String deleted) {}

    private Source source(DuckSession session, TableName key) {
        if (isCopy(key) || step().replaced.contains(key)) {
            return new Source(staged(session, key).keySet(), "");
        }
        Optional<LakeTable> table = table(session, key);
        if (table.isEmpty()) {
            return new Source(Set.of(), "");
        }
        String deleted = table.get().hasDeleted()
                ? " ANTI JOIN %s AS d ON s.%s = d.file AND s.%s = d.pos".formatted(table.get().deleted(), Scan.FILE, Scan.POSITION)
                : "";
        return new Source(table.get().files().keySet(), deleted);
    }

    /// A published table as the catalogue has it now; looked up once a step.
    private Optional<LakeTable> table(DuckSession session, TableName place) {
        if (!isThere(session, place)) {
            return Optional.empty();
        }
        LakeTable known = tables.get(place);
        if (known == null) {
            BaseTable found = lake.find(place)
                    .orElseThrow(() -> IcebergFaults.altered(place.toString(), "The table %s is gone from the catalogue".formatted(place)));
            known = new LakeTable(place, found, storage, "_millrace_lake.d" + nextName++);
            tables.put(place, known);
        }
        known.refresh(session);
        return Optional.of(known);
    }

    private static boolean isThere(DuckSession session, TableName place) {
        return session.queryFirst(
                        "SELECT is_there FROM _millrace.lake_tables WHERE place_schema = ? AND place_table = ?",
                        row -> row.getBoolean(1),
                        place.schema(),
                        place.table())
                .orElse(false);
    }

    /// The files of a copy that is not published, by location.
    private Map<String, DataFile> staged(DuckSession session, TableName key) {
        Map<Integer, PartitionSpec> layouts = layouts(session, key);
        Map<String, DataFile> staged = new LinkedHashMap<>();
        session.query(
                "SELECT file FROM _millrace.lake_files WHERE schema_name = ? AND table_name = ?",
                row -> {
                    DataFile file = (DataFile) TableIntent.file(row.getString(1), layouts);
                    return staged.put(file.location(), file);
                },
                key.schema(),
                key.table());
        return staged;
    }

    @Override
    public String all(DuckSession session, TargetTable table) {
        Step step = step();
        TableName key = key(table);
        step.touched.add(key);
        Taken taken = step.taken.get(key);
        if (taken != null && taken.all) {
            return table.sql();
        }
        List<LakeColumn> columns = columns(session, key);
        List<LakeColumn> numbered = columns.stream().filter(column -> column.id() > 0).toList();
        Source source = source(session, key);
        String values = columns.stream()
                .map(column -> "%s AS %s".formatted(
                        column.id() > 0 ? column.fromFile() : "CAST(NULL AS %s)".formatted(column.type().sql()), TableName.quote(column.name())))
                .collect(Collectors.joining(", "));
        String before = taken == null
                ? ""
                : " ANTI JOIN %s AS x ON s.%s = x.%2$s AND s.%s = x.%3$s".formatted(taken.table, Scan.FILE, Scan.POSITION);
        return "(FROM %s UNION ALL BY NAME SELECT %s FROM (%s) AS s%s%s)"
                .formatted(table.sql(), values, scan.of(numbered, source.files()), source.deleted(), before);
    }

    /// The columns that a table has on the workbench; those that no file can have yet are numbered 0.
    private static List<LakeColumn> columns(DuckSession session, TableName key) {
        return session.query(
                """
                SELECT c.column_name, c.data_type, coalesce(l.field_id, 0), coalesce(l.element_id, 0)
                FROM duckdb_columns() AS c LEFT JOIN _millrace.lake_columns AS l
                    ON l.schema_name = c.schema_name AND l.table_name = c.table_name AND l.column_name = c.column_name
                WHERE c.database_name = current_database() AND c.schema_name = ? AND c.table_name = ?
                ORDER BY c.column_index""",
                row -> new LakeColumn(row.getString(1), DuckType.parse(row.getString(2)), row.getInt(3), row.getInt(4)),
                key.schema(),
                key.table());
    }

    // ---------------------------------------------------------------- what happens to tables

    @Override
    public void renamedColumn(DuckSession session, TargetTable table, String from, String to) {
        step().renamed.add(key(table));
        session.run(
                "UPDATE _millrace.lake_columns SET column_name = ? WHERE schema_name = ? AND table_name = ? AND column_name = ?",
                to,
                table.schema(),
                table.table(),
                from);
    }

    @Override
    public void dropped(DuckSession session, TargetTable table) {
        TableName key = key(table);
        Step step = step();
        if (isCopy(key)) {
            step.discarded.addAll(staged(session, key).keySet());
        } else {
            step.dropped.add(key);
        }
        step.touched.remove(key);
        step.taken.remove(key);
        for (String relation : List.of("lake_columns", "lake_files")) {
            session.run("DELETE FROM _millrace.%s WHERE schema_name = ? AND table_name = ?".formatted(relation), key.schema(), key.table());
        }
    }

    @Override
    public void renamed(DuckSession session, TargetTable table, String to) {
        TableName from = key(table);
        TableName place = new TableName(table.schema(), to);
        Step step = step();
        for (String relation : List.of("lake_columns", "lake_files")) {
            session.run(
                    "UPDATE _millrace.%s SET table_name = ? WHERE schema_name = ? AND table_name = ?".formatted(relation),
                    to,
                    from.schema(),
                    from.table());
        }
        step.replaced.add(place);
        step.dropped.remove(place);
        step.touched.remove(from);
        step.touched.add(place);
        Optional.ofNullable(step.taken.remove(from)).ifPresent(taken -> step.taken.put(place, taken));
        if (step.rewritten.remove(from)) {
            step.rewritten.add(place);
        }
    }

    // ---------------------------------------------------------------- steps

    @Override
    public void restore(DuckSession session) {
        commits.lock();
        try {
            tables.clear();
            session.run("CREATE SCHEMA IF NOT EXISTS _millrace_lake");
            Partitions.registerWith(session.connection());
            memory.restore(session);
            makeTables(session);
            List<TableIntent> left = intents(session);
            session.inTransaction(() -> memory.commit(session));
            isSettled = true;
            carryOn(session, left);
            removeOrphans(session);
        } catch (SQLException e) {
            throw IcebergFaults.of(e, lake.subject());
        } catch (Throwable e) {
            isSettled = false;
            throw e;
        } finally {
            commits.unlock();
        }
    }

    /// Removes what an earlier process wrote of copies that are still under way, and did not come to remember.
    private void removeOrphans(DuckSession session) {
        List<TableName> copies = session.query(
                "SELECT DISTINCT schema_name, table_name FROM _millrace.lake_columns", row -> new TableName(row.getString(1), row.getString(2)));
        for (TableName copy : copies.stream().filter(LakeRows::isCopy).toList()) {
            try {
                String folder = location(session, place(copy)) + "/data";
                List<String> orphans = new Orphans(memory.io()).in(folder, staged(session, copy).keySet(), lake.find(place(copy)));
                orphans.forEach(this::removeQuietly);
                LOG.debug("table={} orphans={}", place(copy), orphans.size());
            } catch (RuntimeException e) {
                LOG.warn("table={} orphans=unknown", place(copy), e);
            }
        }
    }

    /// Makes the tables without their rows.
    private static void makeTables(DuckSession session) {
        Map<TableName, List<String>> columns = new LinkedHashMap<>();
        session.query(
                "SELECT schema_name, table_name, column_name, data_type FROM _millrace.lake_columns ORDER BY schema_name, table_name, place",
                row -> columns.computeIfAbsent(new TableName(row.getString(1), row.getString(2)), _ -> new ArrayList<>())
                        .add(TableName.quote(row.getString(3)) + " " + row.getString(4)));
        columns.keySet().stream().map(TableName::schema).distinct().forEach(schema ->
                session.run("CREATE SCHEMA IF NOT EXISTS " + TableName.quote(schema)));
        columns.forEach((table, all) -> session.run("CREATE TABLE %s (%s)".formatted(table.quoted(), String.join(", ", all))));
    }

    /// Carries out what was committed and not carried out. What cannot be is told by asking for a new copy.
    private void carryOn(DuckSession session, List<TableIntent> left) {
        List<TableName> altered = new ArrayList<>();
        for (TableIntent intent : left) {
            try {
                forward.run(session, intent, Optional.empty()).ifPresent(table -> LOG.debug("table={} batch={} carried=out", intent.place(), intent.batch()));
            } catch (Fault e) {
                if (e.kind() != FaultKind.DESTINATION_ALTERED) {
                    throw e;
                }
                LOG.warn("table={} altered=true then=\"copied again\"", intent.place(), e);
                altered.add(intent.place());
            }
        }
        if (!altered.isEmpty()) {
            transact(session, new Step(), () -> {
                altered.forEach(place -> session.run(
                        """
                        UPDATE _millrace.tables SET copy_requested = true WHERE (source_schema, source_table) IN (
                            SELECT (source_schema, source_table) FROM _millrace.names WHERE target_schema = ? AND target_table = ?)""",
                        place.schema(),
                        place.table()));
                return true;
            });
        }
    }

    private List<TableIntent> intents(DuckSession session) {
        Map<TableName, List<TableIntent.Line>> lines = new LinkedHashMap<>();
        Map<TableName, Long> batches = new HashMap<>();
        session.query(
                "SELECT batch, place_schema, place_table, kind, content FROM _millrace.lake_intents ORDER BY place_schema, place_table, line",
                row -> {
                    TableName place = new TableName(row.getString(2), row.getString(3));
                    batches.put(place, row.getLong(1));
                    return lines.computeIfAbsent(place, _ -> new ArrayList<>()).add(new TableIntent.Line(row.getString(4), row.getString(5)));
                });
        List<TableIntent> intents = new ArrayList<>();
        lines.forEach((place, all) -> intents.add(
                TableIntent.of(batches.getOrDefault(place, 0L), place, all, schema -> layouts(session, place, schema))));
        return intents;
    }

    @Override
    public <T> T inTransaction(DuckSession session, DuckSession.Work<T> work) {
        commits.lock();
        try {
            Step step = new Step();
            current = Optional.of(step);
            return transact(session, step, work);
        } finally {
            current = Optional.empty();
            commits.unlock();
        }
    }

    private <T> T transact(DuckSession session, Step step, DuckSession.Work<T> work) {
        if (!isSettled) {
            throw new CommitUnknown("What is durable in %s has to be read first".formatted(lake.subject()), new IllegalStateException("unsettled"));
        }
        List<TableIntent> intents = new ArrayList<>();
        T result;
        try {
            result = session.inTransaction(() -> {
                T done = work.run();
                intents.addAll(new StepEnd(session, step).run());
                isSettled = false;
                memory.commit(session);
                return done;
            });
        } catch (CommitUnknown e) {
            throw e;
        } catch (Throwable e) {
            // Nothing of it stays, if it was the catalogue or something before it that refused.
            isSettled = !(e instanceof Fault fault && fault.kind() == FaultKind.DESTINATION_HELD);
            tables.clear();
            step.written.forEach(this::removeQuietly);
            if (IcebergFaults.isOfStorage(e)) {
                throw IcebergFaults.of(e, lake.subject());
            }
            throw e;
        }
        carryOut(session, intents);
        isSettled = true;
        step.discarded.forEach(this::removeQuietly);
        intents.forEach(intent -> keepUp(session, intent.place()));
        storage.trim();
        return result;
    }

    /// Does what a table needs after a batch, which has happened already: what goes wrong here is told, and tried again after the next.
    private void keepUp(DuckSession session, TableName place) {
        LakeTable table = tables.get(place);
        if (table == null) {
            return;
        }
        try {
            upkeep.run(session, table);
        } catch (RuntimeException e) {
            LOG.warn("table={} upkeep=failed", place, e);
            tables.remove(place);
        }
    }

    private void carryOut(DuckSession session, List<TableIntent> intents) {
        for (TableIntent intent : intents) {
            try {
                Optional<LakeTable> table = forward.run(session, intent, Optional.ofNullable(tables.get(intent.place())));
                table.ifPresentOrElse(now -> tables.put(intent.place(), now), () -> tables.remove(intent.place()));
            } catch (RuntimeException e) {
                throw new CommitUnknown("A batch was committed, and could not be brought to %s".formatted(intent.place()), e);
            }
        }
    }

    private void removeQuietly(String location) {
        try {
            storage.remove(location);
        } catch (RuntimeException e) {
            LOG.debug("file={} removed=false", location, e);
        }
    }

    @Override
    public void load(DuckSession session, TargetTable table, RowQuery rows, SequencedMap<String, String> values, Runnable remembering) {
        TableName key = key(table);
        List<LakeColumn> columns = columns(session, key);
        String select = columns.stream()
                .map(column -> "%s AS %s".formatted(values.get(TableName.quote(column.name())), TableName.quote(column.name())))
                .collect(Collectors.joining(", "));
        List<DataFile> files = written(session, key, columns, "SELECT %s FROM (%s)".formatted(select, rows.sql()), rows);
        Step step = new Step();
        files.forEach(file -> step.written.add(file.location()));
        commits.lock();
        try {
            transact(session, step, () -> {
                remembering.run();
                stage(session, key, files);
                return true;
            });
        } finally {
            commits.unlock();
        }
    }

    private List<DataFile> written(DuckSession session, TableName key, List<LakeColumn> columns, String select, RowQuery rows) {
        try {
            return parquet.write(session, target(session, key, columns), select, Optional.of(rows.stream()));
        } catch (RuntimeException e) {
            if (IcebergFaults.isOfStorage(e)) {
                throw IcebergFaults.of(e, place(key).toString());
            }
            throw e;
        }
    }

    private void stage(DuckSession session, TableName key, List<DataFile> files) {
        Map<Integer, PartitionSpec> layouts = layouts(session, key);
        for (DataFile file : files) {
            PartitionSpec layout = java.util.Objects.requireNonNull(layouts.get(file.specId()));
            session.run(
                    "INSERT INTO _millrace.lake_files VALUES (?, ?, ?)",
                    key.schema(),
                    key.table(),
                    org.apache.iceberg.ContentFileParser.toJson(file, layout));
        }
    }

    // ---------------------------------------------------------------- layouts

    /// How a table lies, by its place.
    private IcebergSettings.Layout layout(TableName place) {
        return Optional.ofNullable(sources.get(place))
                .map(source -> settings.layouts().get(source))
                .orElse(IcebergSettings.Layout.PLAIN);
    }

    private void readSources(DuckSession session) {
        Map<TableName, TableName> read = new HashMap<>();
        session.query(
                "SELECT target_schema, target_table, source_schema, source_table FROM _millrace.names",
                row -> read.put(new TableName(row.getString(1), row.getString(2)), new TableName(row.getString(3), row.getString(4))));
        sources = read;
    }

    private Map<Integer, PartitionSpec> layouts(DuckSession session, TableName key) {
        return layouts(session, place(key), LakeColumn.schema(columns(session, key).stream().filter(column -> column.id() > 0).toList()));
    }

    /// The partitions that files of a table may have: those of the table that is there, or of the one that will be.
    private Map<Integer, PartitionSpec> layouts(DuckSession session, TableName place, Schema schema) {
        Map<Integer, PartitionSpec> layouts = new HashMap<>();
        if (isThere(session, place)) {
            LakeTable known = tables.get(place);
            Optional<BaseTable> table = known != null ? Optional.of(known.iceberg()) : lake.find(place);
            table.ifPresent(there -> layouts.putAll(there.specs()));
        }
        if (layouts.isEmpty()) {
            readSources(session);
            layouts.put(0, PartitionSpec.unpartitioned());
            PartitionSpec spec = Partitions.spec(place, layout(place), schema, 1);
            if (spec.isPartitioned()) {
                layouts.put(1, spec);
            }
        }
        return layouts;
    }

    private ParquetFiles.Target target(DuckSession session, TableName key, List<LakeColumn> columns) {
        Schema schema = LakeColumn.schema(columns);
        Map<Integer, PartitionSpec> layouts = layouts(session, place(key), schema);
        int latest = layouts.keySet().stream().max(Integer::compare).orElse(0);
        SortOrder order = Partitions.order(place(key), layout(place(key)), schema);
        return new ParquetFiles.Target(location(session, place(key)) + "/data", columns, java.util.Objects.requireNonNull(layouts.get(latest)), order);
    }

    private static String location(DuckSession session, TableName place) {
        return session.queryFirst(
                        "SELECT location FROM _millrace.lake_tables WHERE place_schema = ? AND place_table = ?",
                        row -> row.getString(1),
                        place.schema(),
                        place.table())
                .orElseThrow(() -> new IllegalStateException("Invalid table: %s (must have a place)".formatted(place)));
    }

    // ---------------------------------------------------------------- the end of a step

    /// Finds out what a step has done to the tables, and writes what it left on the workbench.
    private final class StepEnd {

        private final DuckSession session;
        private final Step step;
        private final Set<TableName> reshaped = new LinkedHashSet<>();

        StepEnd(DuckSession session, Step step) {
            this.session = session;
            this.step = step;
        }

        List<TableIntent> run() {
            number();
            reshaped.addAll(step.renamed);
            session.run("DELETE FROM _millrace.lake_intents");
            long batch = memory.batch() + 1;
            Map<String, String> told = memory.told(session, batch);
            Set<TableName> places = new LinkedHashSet<>(step.touched);
            places.addAll(reshaped);
            places.addAll(step.replaced);
            List<TableIntent> intents = new ArrayList<>();
            for (TableName key : places) {
                if (!isCopy(key) && !step.dropped.contains(key)) {
                    intent(key, batch, told).ifPresent(intents::add);
                }
            }
            for (TableName key : step.dropped) {
                drop(key, batch).ifPresent(intents::add);
            }
            intents.forEach(this::remember);
            step.taken.values().forEach(taken -> session.run("DROP TABLE " + taken.table));
            return intents;
        }

        /// Numbers the columns that are new, and forgets those that are gone.
        private void number() {
            List<TableName> changed = session.query(
                    """
                    SELECT DISTINCT coalesce(c.schema_name, l.schema_name), coalesce(c.table_name, l.table_name)
                    FROM (SELECT * FROM duckdb_columns()
                        WHERE database_name = current_database() AND NOT internal AND schema_name NOT IN %s) AS c
                    FULL JOIN _millrace.lake_columns AS l
                        ON l.schema_name = c.schema_name AND l.table_name = c.table_name AND l.column_name = c.column_name
                    WHERE l.field_id IS NULL OR c.column_name IS NULL OR l.data_type <> c.data_type"""
                            .formatted(OWN_SCHEMAS),
                    row -> new TableName(row.getString(1), row.getString(2)));
            changed.forEach(this::number);
        }

        private void number(TableName key) {
            TableName place = place(key);
            Map<String, LakeColumn> before = remembered(key);
            Map<String, LakeColumn> published = isCopy(key) ? remembered(place) : Map.of();
            int[] last = {lastColumn(place)};
            List<LakeColumn> columns = new ArrayList<>();
            for (LakeColumn column : columns(session, key)) {
                LakeColumn was = before.get(column.name());
                LakeColumn other = published.get(column.name());
                if (was != null && IcebergTypes.isPromotion(was.type(), column.type())) {
                    columns.add(new LakeColumn(column.name(), column.type(), was.id(), was.element()));
                } else if (was == null && other != null && IcebergTypes.stored(other.type()).equals(IcebergTypes.stored(column.type()))) {
                    columns.add(new LakeColumn(column.name(), column.type(), other.id(), other.element()));
                } else {
                    if (was != null) {
                        step.rewritten.add(key);
                    }
                    columns.add(new LakeColumn(column.name(), column.type(), ++last[0], 0));
                }
            }
            columns.replaceAll(column -> column.element() == 0 && column.type() instanceof DuckType.ListOf
                    ? new LakeColumn(column.name(), column.type(), column.id(), ++last[0])
                    : column);
            session.run("DELETE FROM _millrace.lake_columns WHERE schema_name = ? AND table_name = ?", key.schema(), key.table());
            for (int i = 0; i < columns.size(); i++) {
                LakeColumn column = columns.get(i);
                session.run(
                        "INSERT INTO _millrace.lake_columns VALUES (?, ?, ?, ?, ?, ?, ?)",
                        key.schema(),
                        key.table(),
                        column.name(),
                        column.type().sql(),
                        column.id(),
                        column.element(),
                        i);
            }
            session.run(
                    "UPDATE _millrace.lake_tables SET last_column = ? WHERE place_schema = ? AND place_table = ?",
                    last[0],
                    place.schema(),
                    place.table());
            reshaped.add(key);
        }

        private Map<String, LakeColumn> remembered(TableName key) {
            Map<String, LakeColumn> columns = new HashMap<>();
            session.query(
                    "SELECT column_name, data_type, field_id, element_id FROM _millrace.lake_columns WHERE schema_name = ? AND table_name = ?",
                    row -> columns.put(
                            row.getString(1),
                            new LakeColumn(row.getString(1), DuckType.parse(row.getString(2)), row.getInt(3), row.getInt(4))),
                    key.schema(),
                    key.table());
            return columns;
        }

        /// The greatest number that a column of a table had; a table that is new gets its place.
        private int lastColumn(TableName place) {
            return session.queryFirst(
                            "SELECT last_column FROM _millrace.lake_tables WHERE place_schema = ? AND place_table = ?",
                            row -> row.getInt(1),
                            place.schema(),
                            place.table())
                    .orElseGet(() -> {
                        if (lake.find(place).isPresent()) {
                            throw new Fault(
                                    FaultKind.DESTINATION_REFUSED,
                                    place.toString(),
                                    "A table %s that was not made for this connection is there already.".formatted(place),
                                    "Rename that table, or choose another schema prefix.");
                        }
                        session.run(
                                "INSERT INTO _millrace.lake_tables VALUES (?, ?, ?, 0, false)",
                                place.schema(),
                                place.table(),
                                lake.newLocation(place));
                        return 0;
                    });
        }

        private Optional<TableIntent> intent(TableName key, long batch, Map<String, String> told) {
            List<LakeColumn> columns = columns(session, key);
            Taken taken = step.taken.get(key);
            boolean isReplaced = step.replaced.contains(key);
            boolean isRewritten = step.rewritten.contains(key);
            boolean replaces = isReplaced || isRewritten;
            Map<String, DataFile> staged = isReplaced ? staged(session, key) : Map.of();
            Map<String, DataFile> files = new LinkedHashMap<>(staged);
            Optional<LakeTable> table = isReplaced ? Optional.empty() : table(session, key);
            table.ifPresent(there -> files.putAll(there.files()));
            boolean hasTaken = taken != null && session.queryFirst("SELECT 1 FROM %s LIMIT 1".formatted(taken.table), row -> 1).isPresent();
            if (hasTaken && !isRewritten) {
                pairOff(key, columns, java.util.Objects.requireNonNull(taken));
            }
            ParquetFiles.Target target = target(session, key, columns);
            List<DataFile> added = new ArrayList<>(write(target, key, hasTaken && !isRewritten));
            DeletedRows.Written deletes = hasTaken && !isRewritten
                    ? deletes(java.util.Objects.requireNonNull(taken), target, files, table)
                    : new DeletedRows.Written(List.of(), List.of());
            if (!isRewritten) {
                added.addAll(staged.values());
            } else {
                step.discarded.addAll(staged.keySet());
            }
            session.run("DELETE FROM " + key.quoted());
            session.run("DELETE FROM _millrace.lake_files WHERE schema_name = ? AND table_name = ?", key.schema(), key.table());
            session.run(
                    "UPDATE _millrace.lake_tables SET is_there = true WHERE place_schema = ? AND place_table = ?", key.schema(), key.table());
            TableIntent intent = new TableIntent(
                    batch,
                    key,
                    location(session, key),
                    LakeColumn.schema(columns),
                    lastColumn(key),
                    added,
                    deletes.files(),
                    List.of(),
                    deletes.undone(),
                    replaces,
                    step.erased.contains(key),
                    false,
                    told);
            return intent.hasFiles() || reshaped.contains(key) ? Optional.of(intent) : Optional.empty();
        }

        /// Finds the rows that are on the workbench as they were taken.
        private void pairOff(TableName key, List<LakeColumn> columns, Taken taken) {
            Map<Integer, LakeColumn> were = taken.columns.stream().collect(Collectors.toMap(LakeColumn::id, column -> column));
            List<String> now = new ArrayList<>();
            List<String> before = new ArrayList<>();
            for (LakeColumn column : columns) {
                LakeColumn was = were.get(column.id());
                // As they are stored: a text that is no JSON cannot be compared with JSON.
                String stored = IcebergTypes.stored(column.type()).sql();
                now.add(EqualRows.comparable("CAST(%s AS %s)".formatted(TableName.quote(column.name()), stored), column.type()));
                before.add(was == null ? "NULL" : EqualRows.comparable("CAST(%s AS %s)".formatted(was.scanned(), stored), column.type()));
            }
            session.run("CREATE OR REPLACE TEMP TABLE millrace_kept AS "
                    + EqualRows.pairs(
                            new EqualRows.Side("(SELECT *, rowid AS \"millrace row\" FROM %s)".formatted(key.quoted()), now, List.of("\"millrace row\"")),
                            new EqualRows.Side(taken.table, before, List.of(Scan.FILE, Scan.POSITION))));
        }

        private List<DataFile> write(ParquetFiles.Target target, TableName key, boolean isPairedOff) {
            String rows = isPairedOff
                    ? "FROM %s WHERE rowid NOT IN (SELECT \"millrace row\" FROM temp.millrace_kept)".formatted(key.quoted())
                    : "FROM " + key.quoted();
            if (session.queryFirst("SELECT 1 FROM (%s) LIMIT 1".formatted(rows), row -> 1).isEmpty()) {
                return List.of();
            }
            List<DataFile> files = parquet.write(session, target, rows, Optional.empty());
            files.forEach(file -> step.written.add(file.location()));
            return files;
        }

        private DeletedRows.Written deletes(Taken taken, ParquetFiles.Target target, Map<String, DataFile> files, Optional<LakeTable> table) {
            session.run("""
                    CREATE OR REPLACE TEMP TABLE millrace_gone AS
                    SELECT t.%1$s AS file, t.%2$s AS pos FROM %3$s AS t
                    ANTI JOIN temp.millrace_kept AS k ON k.%1$s = t.%1$s AND k.%2$s = t.%2$s"""
                    .formatted(Scan.FILE, Scan.POSITION, taken.table));
            if (session.queryLong("SELECT count(*) FROM temp.millrace_gone") == 0) {
                return new DeletedRows.Written(List.of(), List.of());
            }
            Map<Integer, PartitionSpec> layouts = new HashMap<>(Map.of(target.layout().specId(), target.layout()));
            table.ifPresent(there -> layouts.putAll(there.iceberg().specs()));
            int version = table.map(there -> there.iceberg().operations().current().formatVersion()).orElse(settings.formatVersion());
            DeletedRows writer = new DeletedRows(parquet, memory.io());
            DeletedRows.Written written = version == 2
                    ? writer.positions(session, target.folder(), layouts, files, "temp.millrace_gone")
                    : writer.vectors(
                            session,
                            target.folder(),
                            layouts,
                            files,
                            file -> table.map(there -> there.deletedIn(file)).orElseGet(PositionDeleteIndex::empty),
                            "temp.millrace_gone");
            written.files().forEach(file -> step.written.add(file.location()));
            return written;
        }

        private Optional<TableIntent> drop(TableName key, long batch) {
            boolean wasThere = isThere(session, key);
            String location = location(session, key);
            session.run("DELETE FROM _millrace.lake_tables WHERE place_schema = ? AND place_table = ? AND NOT is_there", key.schema(), key.table());
            session.run(
                    "UPDATE _millrace.lake_tables SET is_there = false, location = ? WHERE place_schema = ? AND place_table = ?",
                    lake.newLocation(key),
                    key.schema(),
                    key.table());
            return wasThere
                    ? Optional.of(new TableIntent(
                            batch, key, location, new Schema(), 0, List.of(), List.of(), List.of(), List.of(), false, false, true, Map.of()))
                    : Optional.empty();
        }

        private void remember(TableIntent intent) {
            Map<Integer, PartitionSpec> layouts = layouts(session, intent.place(), intent.columns());
            List<TableIntent.Line> lines = intent.lines(id -> java.util.Objects.requireNonNull(layouts.get(id)));
            for (int i = 0; i < lines.size(); i++) {
                session.run(
                        "INSERT INTO _millrace.lake_intents VALUES (?, ?, ?, ?, ?, ?)",
                        intent.batch(),
                        intent.place().schema(),
                        intent.place().table(),
                        i,
                        lines.get(i).kind(),
                        lines.get(i).content());
            }
        }
    }
}
