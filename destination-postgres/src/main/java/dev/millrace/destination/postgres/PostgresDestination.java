package dev.millrace.destination.postgres;

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
import dev.millrace.destination.postgres.type.TargetTypes;
import dev.millrace.destination.postgres.verify.PostgresCopySide;
import dev.millrace.postgres.session.Sessions;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A PostgreSQL database as a destination.
///
/// A table `public.orders` of a connection with the schema prefix `shop` is the table `orders` in the schema `shop_public`. Several
/// connections with different prefixes can share a database, and so can anything else that lies in it.
public final class PostgresDestination implements ReadableDestination {

    /* What is durable wins: `recalled` mirrors the database, is read from it at first use, and is read again after anything that failed.
       `fitted` caches its catalogue. Only load() runs on other threads; it reads `copies` and the database, through sessions of its own. */

    private static final Logger LOG = LoggerFactory.getLogger(PostgresDestination.class);

    private final Sessions sessions;
    private final String name;
    private final String prefix;
    private final InstantSource clock;
    private final SystemColumns system;
    private final PostgresMemory memory;
    private final Salt salt;
    private final PostgresNames names;
    private final Hold hold;
    private final LoaderSessions loaders;
    private Owner owner;
    private Optional<Memory> recalled = Optional.empty();
    private Optional<List<WidenedColumn>> widened = Optional.empty();
    private final Map<TableName, FittedTable<TargetTable>> fitted = new HashMap<>();
    private final Map<TableName, Copy> copies = new ConcurrentHashMap<>();

    /// A copy that is being made.
    private record Copy(Shape shape, TargetTable shadow, TargetTypes types) {}

    /// Opens a database.
    ///
    /// @param sessions with the database; they stay the caller's
    /// @param name what a person calls the database
    /// @param schemaPrefix stands before the names of the source's schemas; it also names the connection in the database's memory
    /// @param clock stamps the rows
    /// @throws Fault if another run writes there for the same prefix, or it cannot be opened
    public static PostgresDestination open(
            Sessions sessions, String name, String schemaPrefix, PostgresSettings settings, InstantSource clock) {
        PostgresNames.checkPrefix(schemaPrefix);
        TargetSession session = TargetSession.open(sessions, name);
        try {
            session.checkEncoding();
            MemoryTables.prepare(session);
            return new PostgresDestination(sessions, session, schemaPrefix, settings, clock);
        } catch (Throwable e) {
            session.abandon();
            throw e;
        }
    }

    private PostgresDestination(
            Sessions sessions, TargetSession session, String prefix, PostgresSettings settings, InstantSource clock) {
        this.sessions = sessions;
        this.name = session.place().name();
        this.prefix = prefix;
        this.clock = clock;
        this.system = new SystemColumns(settings.systemColumnPrefix());
        this.memory = new PostgresMemory(prefix);
        this.names = new PostgresNames(memory, settings.naming(), system);
        this.hold = Hold.take(session, prefix);
        this.salt = MemoryTables.salt(session);
        this.loaders = new LoaderSessions(sessions, name);
        this.owner = new Owner(session);
        names.checkRules(session);
    }

    /// The owner's session, with what belongs to it.
    private static final class Owner {
        private final TargetSession session;
        private final Stages stages;
        private final TargetTypes types;
        private boolean lost;

        Owner(TargetSession session) {
            this.session = session;
            this.stages = new Stages(session);
            this.types = session.types();
        }

        void lose() {
            lost = true;
            session.abandon();
        }
    }

    /// The owner's session; another one if it was lost.
    private Owner owner() {
        if (owner.lost) {
            loaders.closeIdle();
            TargetSession session = TargetSession.open(sessions, name);
            try {
                hold.takeAgain(session);
                owner = new Owner(session);
            } catch (Throwable e) {
                session.abandon();
                throw e;
            }
        }
        return owner;
    }

    private TargetSession session() {
        return owner().session;
    }

    @Override
    public Salt salt() {
        return salt;
    }

    @Override
    public Memory recall() {
        forgetCaches();
        try {
            Memory read = memory.recall(session(), names.given(session()));
            recalled = Optional.of(read);
            return read;
        } catch (Fault e) {
            loseIfDead();
            throw e;
        }
    }

    @Override
    public Optional<TableMemory> recall(TableName table) {
        try {
            return Optional.ofNullable(reread(table).tables().get(table));
        } catch (Fault e) {
            loseIfDead();
            throw e;
        }
    }

    /// Reads what is remembered of one table; of the others nothing has changed, or others ask for it.
    private Memory reread(TableName table) {
        Memory before = remembered();
        widened = Optional.empty();
        fitted.remove(table);
        copies.remove(table);
        SortedMap<TableName, TableMemory> tables = new TreeMap<>(before.tables());
        memory.recall(session(), names.given(session()), table).ifPresentOrElse(known -> tables.put(table, known), () -> tables.remove(table));
        names.forgetDisplaced();
        Memory now = new Memory(before.source(), before.position(), before.committedAt(), tables);
        recalled = Optional.of(now);
        return now;
    }

    private Memory remembered() {
        return recalled.orElseGet(this::recall);
    }

    @Override
    public void adopt(SourceIdentity source, Position start) {
        if (remembered().position().isPresent()) {
            throw new IllegalStateException("Invalid order: adopt for " + prefix + " (must be called once)");
        }
        change(() -> {
            memory.adopt(session(), source, start, clock.instant());
            return recall();
        });
    }

    @Override
    public void restart(Position start) {
        change(() -> {
            memory.restart(session(), start, clock.instant());
            return recall();
        });
    }

    @Override
    public void name(Collection<TableName> tables) {
        Memory now = remembered();
        if (!now.tables().keySet().containsAll(tables)) {
            change(() -> {
                names.place(session(), tables);
                return now;
            });
        }
    }

    @Override
    public void beginCopy(CopyPlan plan, SyncMode mode) {
        TableName table = plan.shape().table();
        Optional<TableMemory> before = Optional.ofNullable(remembered().tables().get(table));
        change(() -> {
            TargetNames given = names.fit(session(), before, plan.shape());
            makeSchema(given.table().schema());
            dropShadow(given);
            Optional<TargetTable> published = published(table, given);
            boolean stays = published.isPresent()
                    && new Rehashing(session(), owner().types, before.map(TableMemory::shape), plan.shape()).leaves(published.get());
            Optional<TargetTable> joined = stays && mode != SyncMode.LIVE ? published.map(old -> old.reread(session())) : Optional.empty();
            reshaping(new TextColumns()).create(given, PostgresNames.shadow(given), plan.shape(), mode, joined);
            memory.beginCopy(session(), plan, mode, stays);
            return reread(table);
        });
    }

    /// Makes a schema if it is not there; to ask for that, one must be allowed to make some.
    private void makeSchema(String schema) {
        if (session().queryFirst("SELECT 1 FROM pg_namespace WHERE nspname = ?", row -> true, schema).isEmpty()) {
            session().run("CREATE SCHEMA " + TableName.quote(schema));
        }
    }

    private void dropShadow(TargetNames given) {
        session().run("DROP TABLE IF EXISTS " + new TableName(given.table().schema(), PostgresNames.shadow(given)).quoted());
    }

    private Reshaping reshaping(TextColumns asText) {
        return new Reshaping(session(), system, names, owner().types, asText);
    }

    private PostgresTables tables(TextColumns asText) {
        Merge merge = new Merge(session(), owner().stages, owner().types, system, clock.instant());
        return new PostgresTables(session(), memory, reshaping(asText), asText, merge, this::fitted);
    }

    /// The table as readers see it; empty if they see none.
    private Optional<TargetTable> published(TableName table, TargetNames given) {
        Optional<TargetTable> found = TargetTable.find(session(), given);
        found.ifPresent(there -> names.checkOurs(session(), table, there, system));
        return found;
    }

    @Override
    public long load(TableName table, CopyRange range, TransactionSnapshot snapshot, Position readAt, Instant takenAt, CopyRows rows) {
        TargetSession session = loaders.take();
        boolean done = false;
        try {
            Optional<FinishedRange> finished = memory.range(session, table, range.number());
            long loaded = finished.isPresent() ? finished.get().rows() : load(session, table, range, snapshot, readAt, takenAt, rows);
            done = true;
            return loaded;
        } finally {
            if (done) {
                loaders.giveBack(session);
            } else {
                session.abandon();
            }
        }
    }

    private long load(
            TargetSession session,
            TableName table,
            CopyRange range,
            TransactionSnapshot snapshot,
            Position readAt,
            Instant takenAt,
            CopyRows rows) {
        Copy copy = copies.computeIfAbsent(table, _ -> findCopy(session, table));
        CopyLoad load = new CopyLoad(session, system, copy.types(), copy.shape(), copy.shadow());
        return session.inTransaction(() -> {
            long count = load.run(rows, takenAt, clock.instant());
            memory.addRange(session, table, range.number(), new FinishedRange(snapshot, readAt, count), load.unfitColumns());
            hold.check(session);
            return count;
        });
    }

    private Copy findCopy(TargetSession session, TableName table) {
        TableMemory known = memory.recall(session, memory.names(session), table)
                .filter(it -> it.plan().isPresent())
                .orElseThrow(() -> new IllegalStateException("Invalid load: " + table + " (must be in its copy)"));
        TargetTable shadow = find(session, table, PostgresNames.shadow(known.names()), known.names());
        return new Copy(known.plan().orElseThrow().shape(), shadow, session.types());
    }

    /// The published table.
    private TargetTable find(TableName table, TargetNames given) {
        return find(session(), table, given.table().table(), given);
    }

    private TargetTable find(TargetSession session, TableName table, String here, TargetNames given) {
        TargetTable found = TargetTable.find(session, here, given)
                .orElseThrow(() -> new Fault(
                        FaultKind.DESTINATION_ALTERED,
                        table.toString(),
                        "%s has no table %s.%s any more, though we made it; %s cannot be written."
                                .formatted(name, given.table().schema(), here, table),
                        "Ask for a new copy of the table: `millrace resync`."));
        if (found.type(system.synced()).isEmpty()) {
            throw new Fault(
                    FaultKind.DESTINATION_REFUSED,
                    table.toString(),
                    "The copy of %s has no column %s, so it was made with another prefix for such columns; nothing was written."
                            .formatted(table, system.synced()),
                    "Set `system_column_prefix` to what it was when the copy was made, or copy under another `schema_prefix`.");
        }
        return found;
    }

    @Override
    public void endCopy(TableName table) {
        change(() -> {
            TableMemory known = copying(table);
            Shape shape = known.plan().orElseThrow().shape();
            TargetTable shadow = find(session(), table, PostgresNames.shadow(known.names()), known.names());
            if (!shape.isKeyed()) {
                reshaping(new TextColumns()).identify(shadow, shape);
            } else if (known.finished().values().stream().map(FinishedRange::snapshot).distinct().count() > 1) {
                new Indexes(session(), system).leaveOneOfEachKey(shadow, shape);
            }
            new Indexes(session(), system).make(shadow, shape, known.mode());
            memory.setState(session(), table, TableState.CATCHING_UP);
            return reread(table);
        });
    }

    private TableMemory copying(TableName table) {
        TableMemory known = reread(table).tables().get(table);
        if (known == null || known.plan().isEmpty()) {
            throw new IllegalStateException("Invalid table: " + table + " (must be in its copy)");
        }
        return known;
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
        TableMemory known = copying(table);
        published(table, known.names());
        widened = Optional.empty();
        Instant now = remembered().committedAt().orElseGet(clock::instant);
        FittedTable<TargetTable> published = new Publishing(tables(asText), system, now)
                .run(find(session(), table, PostgresNames.shadow(known.names()), known.names()), known);
        long rows = session().queryLong(
                "SELECT count(*) FROM " + published.target().sql() + " WHERE " + system.isLive(known.mode()));
        memory.publish(session(), table, published.shape(), rows);
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
            memory.requestCopy(session(), table);
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
            memory.setShape(session(), next);
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
            new Conversion(session(), system, now).run(find(table, known.names()), known.shape(), mode);
            memory.setMode(session(), table, mode);
            return reread(table);
        });
    }

    @Override
    public CopySide side() {
        TargetSession session = TargetSession.open(sessions, name);
        try {
            return new PostgresCopySide(session.connection(), session.place(), system, session.types());
        } catch (Throwable e) {
            session.abandon();
            throw e;
        }
    }

    @Override
    public CopyReader reader() {
        return new PostgresReader(TargetSession.open(sessions, name), prefix, system);
    }

    @Override
    public boolean dropColumn(TableName table, String column) {
        Optional<TableMemory> known = Optional.ofNullable(remembered().tables().get(table)).filter(TableMemory::published);
        Optional<TargetTable> target = known.flatMap(there -> TargetTable.find(session(), there.names()));
        Optional<String> here = target.flatMap(there -> there.held(column));
        if (known.isEmpty() || here.isEmpty()) {
            return false;
        }
        if (known.get().shape().column(column).isPresent()) {
            throw new Fault(
                    FaultKind.DESTINATION_REFUSED,
                    table.toString(),
                    "Column %s of %s is copied still, so it was not removed.".formatted(column, table),
                    "Leave it out of what is copied, and let one sync run first.");
        }
        session().run("ALTER TABLE " + target.get().sql() + " DROP COLUMN " + TableName.quote(here.get()));
        fitted.remove(table);
        return true;
    }

    @Override
    public void forget(TableName table) {
        change(() -> {
            Optional.ofNullable(remembered().tables().get(table)).ifPresent(known -> dropShadow(known.names()));
            memory.forget(session(), table);
            memory.forgetWidened(session(), table);
            widened = Optional.empty();
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
        BatchWrite<TargetTable> write = new BatchWrite<>(before.tables(), tables(asText));
        for (Piece piece : batch.pieces()) {
            write.add(piece);
        }
        memory.moveTo(session(), batch.through(), batch.committedAt(), clock.instant());
        fitted.putAll(write.fitted());
        SortedMap<TableName, TableMemory> tables = new TreeMap<>(before.tables());
        write.fitted().forEach((table, now) -> tables.computeIfPresent(
                table, (_, known) -> known.withShape(now.shape()).withNames(now.target().names())));
        Optional<Instant> committedAt = batch.committedAt().or(before::committedAt);
        return new Memory(before.source(), Optional.of(batch.through()), committedAt, tables);
    }

    private FittedTable<TargetTable> fitted(TableName table, TableMemory known) {
        return fitted.computeIfAbsent(table, _ -> new FittedTable<>(find(table, known.names()), known.shape()));
    }

    private Fault altered(MissingRow e) {
        return new Fault(
                FaultKind.DESTINATION_ALTERED,
                e.table().toString(),
                "%d rows of %s that changes build on are not in %s as they were written; nothing of the batch was written."
                        .formatted(e.rows(), e.table(), name),
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
                    found.forEach(column -> memory.addWidened(session(), column));
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
        Owner writer = owner();
        try {
            recalled = Optional.of(writer.session.inTransaction(work::get));
            writer.stages.committed();
        } catch (CommitUnknown e) {
            forgetCaches();
            writer.lose();
            throw e;
        } catch (Throwable e) {
            forgetCaches();
            writer.stages.forget();
            loseIfDead();
            throw e;
        }
    }

    /// Gives the owner's session up if the server does not answer in it any more; the next call opens another.
    private void loseIfDead() {
        if (!owner.lost && !owner.session.isAlive()) {
            owner.lose();
        }
    }

    @Override
    public List<WidenedColumn> widened() {
        List<WidenedColumn> known = widened.orElseGet(() -> memory.widened(session()));
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

    @Override
    public void close() {
        loaders.close();
        owner.session.close();
    }
}
