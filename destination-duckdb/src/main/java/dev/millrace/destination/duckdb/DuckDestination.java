package dev.millrace.destination.duckdb;

import dev.millrace.core.change.Batch;
import dev.millrace.core.change.Piece;
import dev.millrace.core.copy.CopyPlan;
import dev.millrace.core.copy.CopyRange;
import dev.millrace.core.copy.CopyRows;
import dev.millrace.core.destination.CommitUnknown;
import dev.millrace.core.destination.CopyReader;
import dev.millrace.core.destination.Memory;
import dev.millrace.core.destination.Publication;
import dev.millrace.core.destination.ReadableDestination;
import dev.millrace.core.destination.Receipt;
import dev.millrace.core.destination.SourceIdentity;
import dev.millrace.core.destination.SyncMode;
import dev.millrace.core.destination.TableMemory;
import dev.millrace.core.destination.TableMemory.FinishedRange;
import dev.millrace.core.destination.TableState;
import dev.millrace.core.destination.WidenedColumn;
import dev.millrace.core.fault.Fault;
import dev.millrace.core.fault.FaultKind;
import dev.millrace.core.merge.BatchWrite;
import dev.millrace.core.merge.FittedTable;
import dev.millrace.core.merge.MissingRow;
import dev.millrace.core.merge.SystemColumns;
import dev.millrace.core.merge.TextColumns;
import dev.millrace.core.merge.UnfitValues;
import dev.millrace.core.naming.Displaced;
import dev.millrace.core.naming.TargetNames;
import dev.millrace.core.position.Position;
import dev.millrace.core.position.TransactionSnapshot;
import dev.millrace.core.secret.Salt;
import dev.millrace.core.shape.Shape;
import dev.millrace.core.shape.TableName;
import dev.millrace.core.verify.CopySide;
import dev.millrace.destination.duckdb.verify.DuckSide;
import java.nio.file.Path;
import java.sql.Connection;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A DuckDB file as a destination.
///
/// A table `public.orders` of a connection with the schema prefix `shop` is the table `orders` in the schema `shop_public`, unless another
/// table lies there ([DuckNames]). Several connections with different prefixes can share a file, within one process.
public final class DuckDestination implements ReadableDestination {

    /* What is durable wins: `recalled` mirrors the file, is read from it at first use, and is read again after anything that
       failed. `fitted` caches DuckDB's catalogue. Only load() runs on other threads; it reads `copies` and the file, through a session
       of its own. */

    private static final Logger LOG = LoggerFactory.getLogger(DuckDestination.class);
    private static final Set<String> OPEN = ConcurrentHashMap.newKeySet();

    private final Path file;
    private final String prefix;
    private final DuckSettings settings;
    private final InstantSource clock;
    private final RowStore rows;
    private final SystemColumns system;
    private final DuckMemory memory;
    private final Salt salt;
    private final DuckNames names;
    private DuckDatabase database;
    private DuckSession owner;
    private Optional<Memory> recalled = Optional.empty();
    private Optional<List<WidenedColumn>> widened = Optional.empty();
    private final Map<TableName, FittedTable<TargetTable>> fitted = new HashMap<>();
    private final Map<TableName, Copy> copies = new ConcurrentHashMap<>();

    /// A copy that is being made.
    private record Copy(Shape shape, TargetTable shadow) {}

    private DuckDestination(Path file, String prefix, DuckSettings settings, InstantSource clock, RowStore rows) {
        this.file = file;
        this.prefix = prefix;
        this.settings = settings;
        this.clock = clock;
        this.rows = rows;
        this.system = new SystemColumns(settings.systemColumnPrefix());
        this.memory = new DuckMemory(prefix);
        this.names = new DuckNames(memory, settings.naming(), system);
        this.database = openDatabase();
        this.owner = database.session(rows);
        try {
            // DuckDB refuses one of two that make the same table at the same moment.
            this.salt = database.alone(() -> {
                prepare();
                Salt made = DuckMemory.salt(owner);
                names.takeOver(owner);
                return made;
            });
            names.checkRules(owner, database.subject());
        } catch (Throwable e) {
            owner.abandon();
            database.abandon();
            throw e;
        }
    }

    /// Opens a file, and makes it if it is not there.
    ///
    /// @param schemaPrefix stands before the names of the source's schemas; it also names the connection in the file's memory
    /// @param clock stamps the rows
    /// @throws Fault if another process holds the file, this process has it open for the same prefix, or it cannot be opened
    public static DuckDestination open(Path file, String schemaPrefix, DuckSettings settings, InstantSource clock) {
        return over(RowStore.IN_PLACE, file, schemaPrefix, settings, clock);
    }

    /// Opens a destination whose rows lie elsewhere.
    ///
    /// @param file by whose name the workbench is known in this process; none is made
    public static DuckDestination over(
            RowStore rows, Path file, String schemaPrefix, DuckSettings settings, InstantSource clock) {
        String claim = claim(file, schemaPrefix);
        if (!OPEN.add(claim)) {
            throw DuckFaults.held(file.getFileName().toString(), "another run of this process", null);
        }
        try {
            return new DuckDestination(file, schemaPrefix, settings, clock, rows);
        } catch (Throwable e) {
            OPEN.remove(claim);
            throw e;
        }
    }

    private DuckDatabase openDatabase() {
        return rows.isElsewhere() ? DuckDatabase.openWorkbench(file, settings) : DuckDatabase.open(file, settings);
    }

    private void prepare() {
        DuckMemory.prepare(owner);
        rows.restore(owner);
    }

    private static String claim(Path file, String schemaPrefix) {
        return file.toAbsolutePath().normalize() + "\n" + schemaPrefix;
    }

    @Override
    public Salt salt() {
        return salt;
    }

    @Override
    public Memory recall() {
        if (!rows.isSettled()) {
            reopen();
        }
        return read();
    }

    private Memory read() {
        forgetCaches();
        Memory read = memory.recall(owner, names.given(owner));
        remember(read);
        return read;
    }

    @Override
    public Optional<TableMemory> recall(TableName table) {
        if (!rows.isSettled()) {
            reopen();
        }
        return Optional.ofNullable(reread(table).tables().get(table));
    }

    /// Reads what is remembered of one table; of the others nothing has changed, or others ask for it.
    private Memory reread(TableName table) {
        Memory before = remembered();
        widened = Optional.empty();
        fitted.remove(table);
        copies.remove(table);
        SortedMap<TableName, TableMemory> tables = new TreeMap<>(before.tables());
        memory.recall(owner, names.given(owner), table).ifPresentOrElse(known -> tables.put(table, known), () -> tables.remove(table));
        names.forgetDisplaced();
        Memory now = new Memory(before.source(), before.position(), before.committedAt(), tables);
        remember(now);
        return now;
    }

    private void remember(Memory now) {
        recalled = Optional.of(now);
        database.helpCallers(now.tables().values().stream().noneMatch(table -> table.state() == TableState.COPYING));
    }

    private Memory remembered() {
        return recalled.orElseGet(this::read);
    }

    @Override
    public void adopt(SourceIdentity source, Position start) {
        if (remembered().position().isPresent()) {
            throw new IllegalStateException("Invalid order: adopt for " + prefix + " (must be called once)");
        }
        change(() -> {
            memory.adopt(owner, source, start, clock.instant());
            return read();
        });
    }

    @Override
    public void restart(Position start) {
        change(() -> {
            memory.restart(owner, start, clock.instant());
            return read();
        });
    }

    @Override
    public void name(Collection<TableName> tables) {
        Memory now = remembered();
        if (!now.tables().keySet().containsAll(tables)) {
            change(() -> {
                names.place(owner, tables);
                return now;
            });
        }
    }

    @Override
    public void beginCopy(CopyPlan plan, SyncMode mode) {
        TableName table = plan.shape().table();
        Optional<TableMemory> before = Optional.ofNullable(remembered().tables().get(table));
        change(() -> {
            TargetNames given = names.fit(owner, before, plan.shape());
            owner.run("CREATE SCHEMA IF NOT EXISTS " + TableName.quote(given.table().schema()));
            dropShadow(given);
            Optional<TargetTable> published = published(table, given);
            boolean stays = published.isPresent()
                    && new Rehashing(owner, before.map(TableMemory::shape), plan.shape()).leaves(published.get());
            Optional<TargetTable> joined = stays && mode != SyncMode.LIVE ? published.map(old -> old.reread(owner)) : Optional.empty();
            reshaping(new TextColumns()).create(given, DuckNames.shadow(given), plan.shape(), mode, joined);
            memory.beginCopy(owner, plan, mode, stays);
            return reread(table);
        });
    }

    private void dropShadow(TargetNames given) {
        TargetTable.find(owner, DuckNames.shadow(given), given).ifPresent(shadow -> {
            owner.run("DROP TABLE " + shadow.sql());
            rows.dropped(owner, shadow);
        });
    }

    private Reshaping reshaping(TextColumns asText) {
        return new Reshaping(owner, system, names, asText);
    }

    /// The table as readers see it; empty if they see none.
    private Optional<TargetTable> published(TableName table, TargetNames given) {
        Optional<TargetTable> found = TargetTable.find(owner, given);
        found.ifPresent(there -> names.checkOurs(owner, table, there));
        return found;
    }

    @Override
    public long load(TableName table, CopyRange range, TransactionSnapshot snapshot, Position readAt, Instant takenAt, CopyRows rows) {
        try (DuckSession session = database.session(this.rows)) {
            Optional<FinishedRange> finished = memory.range(session, table, range.number());
            if (finished.isPresent()) {
                return finished.get().rows();
            }
            Copy copy = copies.computeIfAbsent(table, _ -> findCopy(session, table));
            CopyLoad load = new CopyLoad(session, memory, system, copy.shape(), copy.shadow());
            return load.run(range, snapshot, readAt, takenAt, rows, clock.instant());
        }
    }

    private Copy findCopy(DuckSession session, TableName table) {
        TableMemory known = memory.recall(session, memory.names(session), table)
                .filter(it -> it.plan().isPresent())
                .orElseThrow(() -> new IllegalStateException("Invalid load: " + table + " (must be in its copy)"));
        return new Copy(known.plan().orElseThrow().shape(), find(session, table, DuckNames.shadow(known.names()), known.names()));
    }

    /// The published table.
    private TargetTable find(TableName table, TargetNames given) {
        return find(owner, table, given.table().table(), given);
    }

    private TargetTable find(DuckSession session, TableName table, String name, TargetNames given) {
        TargetTable found = TargetTable.find(session, name, given)
                .orElseThrow(() -> new Fault(
                        FaultKind.DESTINATION_REFUSED,
                        table.toString(),
                        "%s has no table %s.%s any more, though we made it; %s cannot be written."
                                .formatted(database.subject(), given.table().schema(), name, table),
                        "Ask for a new copy of the table."));
        if (found.type(system.synced()).isEmpty()) {
            throw new Fault(
                    FaultKind.DESTINATION_REFUSED,
                    table.toString(),
                    "The copy of %s has no column %s, so it was made with another prefix for such columns; nothing was written."
                            .formatted(table, system.synced()),
                    "Set `system_column_prefix` to what it was when the copy was made, or copy into a new file.");
        }
        return found;
    }

    @Override
    public void endCopy(TableName table) {
        change(() -> {
            memory.setState(owner, table, TableState.CATCHING_UP);
            return reread(table);
        });
    }

    @Override
    public Publication publish(TableName table) {
        try {
            changeWidening(asText -> {
                publish(table, asText);
                return reread(table);
            });
            return new Publication.Done(known(table).rows());
        } catch (MissingRow e) {
            return new Publication.Incomplete(e.rows());
        }
    }

    private void publish(TableName table, TextColumns asText) {
        TableMemory known = reread(table).tables().get(table);
        if (known == null || known.plan().isEmpty()) {
            throw new IllegalStateException("Invalid table to publish: " + table + " (must be in its copy)");
        }
        Merge merge = new Merge(owner, system, clock.instant());
        widened = Optional.empty();
        Instant now = remembered().committedAt().orElseGet(clock::instant);
        Publishing publishing = new Publishing(owner, memory, system, reshaping(asText), tables(asText, merge), merge, now);
        FittedTable<TargetTable> published = publishing.run(find(owner, table, DuckNames.shadow(known.names()), known.names()), known);
        long count = owner.queryLong(
                "SELECT count(*) FROM %s WHERE %s".formatted(rows.all(owner, published.target()), system.isLive(known.mode())));
        memory.publish(owner, table, published.shape(), count);
    }

    private TableMemory known(TableName table) {
        TableMemory known = remembered().tables().get(table);
        if (known == null) {
            throw new IllegalStateException("Invalid table: " + table + " (must be known)");
        }
        return known;
    }

    @Override
    public void requestCopy(TableName table) {
        known(table);
        change(() -> {
            memory.requestCopy(owner, table);
            return reread(table);
        });
    }

    @Override
    public void reshape(Shape shape) {
        TableName table = shape.table();
        TableMemory known = known(table);
        changeWidening(asText -> {
            Shape next = shape.recognize(known.shape());
            reshaping(asText).fit(find(table, known.names()), known.shape(), next);
            memory.setShape(owner, next);
            return reread(table);
        });
    }

    @Override
    public void convert(TableName table, SyncMode mode) {
        TableMemory known = known(table);
        if (known.state() != TableState.STREAMING) {
            throw new IllegalStateException("Invalid table to convert: %s is %s (must be STREAMING)".formatted(table, known.state()));
        }
        change(() -> {
            Instant now = remembered().committedAt().orElseGet(clock::instant);
            new Conversion(owner, system, now).run(find(table, known.names()), known.shape(), mode);
            memory.setMode(owner, table, mode);
            return reread(table);
        });
    }

    @Override
    public boolean dropColumn(TableName table, String column) {
        Optional<TableMemory> known = Optional.ofNullable(remembered().tables().get(table)).filter(TableMemory::published);
        Optional<String> name = known.map(there -> there.names().columns().get(column));
        Optional<TargetTable> target = known.flatMap(there -> TargetTable.find(owner, there.names()));
        if (name.isEmpty() || target.isEmpty() || !target.get().columns().containsKey(name.get())) {
            return false;
        }
        if (known.get().shape().column(column).isPresent()) {
            throw new Fault(
                    FaultKind.DESTINATION_REFUSED,
                    table.toString(),
                    "Column %s of %s is copied still, so it was not removed.".formatted(column, table),
                    "Leave it out of what is copied, and let one sync run first.");
        }
        return rows.inTransaction(owner, () -> {
            rows.erase(owner, target.get());
            owner.run("ALTER TABLE %s DROP COLUMN %s".formatted(target.get().sql(), TableName.quote(name.get())));
            fitted.remove(table);
            return true;
        });
    }

    @Override
    public void forget(TableName table) {
        change(() -> {
            Optional.ofNullable(remembered().tables().get(table)).ifPresent(known -> dropShadow(known.names()));
            memory.forget(owner, table);
            memory.forgetWidened(owner, table);
            return reread(table);
        });
    }

    @Override
    public Receipt write(Batch batch) {
        Position through = batch.through();
        Position position = remembered().position()
                .orElseThrow(() -> new IllegalStateException("Invalid order: write (must adopt first)"));
        if (!position.isBefore(through)) {
            throw new IllegalStateException("Invalid batch: through %s (must lie behind %s)".formatted(through, position));
        }
        Memory before = remembered();
        try {
            changeWidening(asText -> write(batch, before, asText));
        } catch (MissingRow e) {
            throw altered(e);
        }
        return new Receipt(through);
    }

    /// Writes a batch in the owner's transaction; returns what is remembered once that is committed.
    private Memory write(Batch batch, Memory before, TextColumns asText) {
        Merge merge = new Merge(owner, system, clock.instant());
        BatchWrite<TargetTable> write = new BatchWrite<>(before.tables(), tables(asText, merge));
        for (Piece piece : batch.pieces()) {
            write.add(piece);
        }
        memory.moveTo(owner, batch.through(), batch.committedAt(), clock.instant());
        fitted.putAll(write.fitted());
        SortedMap<TableName, TableMemory> tables = new TreeMap<>(before.tables());
        write.fitted().forEach((name, table) -> tables.computeIfPresent(
                name, (_, known) -> known.withShape(table.shape()).withNames(table.target().names())));
        Optional<Instant> committedAt = batch.committedAt().or(before::committedAt);
        return new Memory(before.source(), Optional.of(batch.through()), committedAt, tables);
    }

    private DuckTables tables(TextColumns asText, Merge merge) {
        return new DuckTables(owner, memory, reshaping(asText), asText, merge, this::fitted);
    }

    private FittedTable<TargetTable> fitted(TableName table, TableMemory known) {
        return fitted.computeIfAbsent(table, _ -> new FittedTable<>(find(table, known.names()), known.shape()));
    }

    private Fault altered(MissingRow e) {
        return new Fault(
                FaultKind.DESTINATION_ALTERED,
                e.table().toString(),
                "%d rows of %s that changes build on are not in %s as they were written; nothing of the batch was written."
                        .formatted(e.rows(), e.table(), database.subject()),
                "Ask for a new copy of %s, and let nobody else write to its table.".formatted(e.table()),
                e);
    }

    /// Does something in one transaction; where values do not fit, it is done anew with wider columns.
    private void changeWidening(Function<TextColumns, Memory> work) {
        TextColumns asText = new TextColumns();
        List<WidenedColumn> found = new ArrayList<>();
        while (true) {
            try {
                change(() -> {
                    Memory now = work.apply(asText);
                    found.forEach(column -> memory.addWidened(owner, column));
                    return now;
                });
                if (asText.hasAny()) {
                    widened = Optional.empty();
                }
                return;
            } catch (UnfitValues e) {
                if (!asText.add(e)) {
                    throw e;
                }
                e.counts().forEach((column, count) -> {
                    found.add(new WidenedColumn(e.table(), column, count));
                    LOG.warn("widened=text table={} column={} values={}", e.table(), column, count);
                });
            }
        }
    }

    /// Does something in one transaction.
    ///
    /// @param work gives what is remembered afterwards
    private void change(Supplier<Memory> work) {
        try {
            remember(rows.inTransaction(owner, work::get));
        } catch (CommitUnknown e) {
            forgetCaches();
            if (rows.isSettled()) {
                reopen();
            }
            throw e;
        } catch (Throwable e) {
            forgetCaches();
            reviveAfter(e);
            throw e;
        }
    }

    /// Opens the file anew if what was thrown has made DuckDB give it up.
    private void reviveAfter(Throwable failure) {
        if (owner.isAlive()) {
            return;
        }
        try {
            reopen();
        } catch (RuntimeException e) {
            failure.addSuppressed(e);
        }
    }

    @Override
    public List<WidenedColumn> widened() {
        List<WidenedColumn> known = widened.orElseGet(() -> memory.widened(owner));
        widened = Optional.of(known);
        return known;
    }

    @Override
    public List<Displaced> displaced() {
        return names.displaced(remembered());
    }

    private void forgetCaches() {
        widened = Optional.empty();
        names.forgetCaches();
        recalled = Optional.empty();
        fitted.clear();
        copies.clear();
    }

    /// Opens the file anew, after DuckDB has given it up.
    private void reopen() {
        forgetCaches();
        owner.abandon();
        database.abandon();
        database = openDatabase();
        owner = database.session(rows);
        prepare();
    }

    /// A new JDBC connection to the open file, for reading beside the run. Any thread; to be closed by the caller.
    public Connection openSession() {
        return database.connection();
    }

    @Override
    public CopySide side() {
        return new DuckSide(openSession(), settings);
    }

    @Override
    public CopyReader reader() {
        return DuckReader.beside(database, prefix, settings);
    }

    @Override
    public void close() {
        try {
            owner.close();
            database.close();
        } finally {
            OPEN.remove(claim(file, prefix));
        }
    }
}
