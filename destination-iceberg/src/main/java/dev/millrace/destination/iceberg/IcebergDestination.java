package dev.millrace.destination.iceberg;

import dev.millrace.core.change.Batch;
import dev.millrace.core.copy.CopyPlan;
import dev.millrace.core.copy.CopyRange;
import dev.millrace.core.copy.CopyRows;
import dev.millrace.core.destination.CopyReader;
import dev.millrace.core.destination.Memory;
import dev.millrace.core.destination.Publication;
import dev.millrace.core.destination.ReadableDestination;
import dev.millrace.core.destination.Receipt;
import dev.millrace.core.destination.SourceIdentity;
import dev.millrace.core.destination.SyncMode;
import dev.millrace.core.destination.TableMemory;
import dev.millrace.core.destination.WidenedColumn;
import dev.millrace.core.naming.Displaced;
import dev.millrace.core.position.Position;
import dev.millrace.core.position.TransactionSnapshot;
import dev.millrace.core.secret.Salt;
import dev.millrace.core.shape.Shape;
import dev.millrace.core.shape.TableName;
import dev.millrace.core.verify.CopySide;
import dev.millrace.destination.duckdb.DuckDestination;
import dev.millrace.destination.duckdb.verify.DuckSide;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Tables of Apache Iceberg as a destination.
///
/// A table `public.orders` of a connection with the schema prefix `shop` is the table `orders` in the namespace `shop_public`. The connection's memory is
/// in the namespace `_millrace`.
///
/// Rows are decoded, merged and written by DuckDB, over a workbench in memory ([LakeRows]).
public final class IcebergDestination implements ReadableDestination {

    private final Lake lake;
    private final LakeMemory memory;
    private final Optional<WarehouseLock> lock;
    private final DuckDestination engine;
    private final String schemaPrefix;
    private final IcebergSettings settings;

    private IcebergDestination(
            Lake lake,
            LakeMemory memory,
            Optional<WarehouseLock> lock,
            DuckDestination engine,
            String schemaPrefix,
            IcebergSettings settings) {
        this.lake = lake;
        this.memory = memory;
        this.lock = lock;
        this.engine = engine;
        this.schemaPrefix = schemaPrefix;
        this.settings = settings;
    }

    /// Opens a lake, and makes it if it is not there.
    ///
    /// In a warehouse of this machine a second run for the same connection is refused. In one that others can reach too it takes the connection over, and
    /// the earlier run is refused at its next commit.
    ///
    /// @param schemaPrefix stands before the names of the source's schemas; it also names the connection in the lake's memory
    /// @param clock stamps the rows
    /// @throws dev.millrace.core.fault.Fault if the lake cannot be opened, or another run holds it
    public static IcebergDestination open(IcebergSettings settings, String schemaPrefix, InstantSource clock) {
        Optional<WarehouseLock> lock = WarehouseLock.of(settings.warehouse(), schemaPrefix);
        Lake lake = null;
        LakeMemory memory = null;
        try {
            lake = Lake.open(settings);
            memory = LakeMemory.open(lake, schemaPrefix, settings);
            LakeRows rows = new LakeRows(lake, memory, schemaPrefix, settings, clock);
            Path name = Path.of("%s of %s".formatted(schemaPrefix, settings.warehouse()).replaceAll("[^A-Za-z0-9_.-]", "_"));
            DuckDestination engine = DuckDestination.over(rows, name, schemaPrefix, settings.engine(), clock);
            return new IcebergDestination(lake, memory, lock, engine, schemaPrefix, settings);
        } catch (RuntimeException e) {
            close(memory, lake, lock);
            throw IcebergFaults.of(e, settings.warehouse());
        }
    }

    private static void close(
            @Nullable LakeMemory memory,
            @Nullable Lake lake,
            Optional<WarehouseLock> lock) {
        try {
            if (memory != null) {
                memory.storage().close();
            }
            if (lake != null) {
                lake.close();
            }
        } finally {
            lock.ifPresent(WarehouseLock::close);
        }
    }

    @Override
    public Memory recall() {
        return engine.recall();
    }

    @Override
    public Optional<TableMemory> recall(TableName table) {
        return engine.recall(table);
    }

    @Override
    public Salt salt() {
        return engine.salt();
    }

    @Override
    public void adopt(SourceIdentity source, Position start) {
        engine.adopt(source, start);
    }

    @Override
    public void restart(Position start) {
        engine.restart(start);
    }

    @Override
    public void name(Collection<TableName> tables) {
        engine.name(tables);
    }

    @Override
    public void beginCopy(CopyPlan plan, SyncMode mode) {
        engine.beginCopy(plan, mode);
    }

    @Override
    public long load(TableName table, CopyRange range, TransactionSnapshot snapshot, Position readAt, Instant takenAt, CopyRows rows) {
        return engine.load(table, range, snapshot, readAt, takenAt, rows);
    }

    @Override
    public void endCopy(TableName table) {
        engine.endCopy(table);
    }

    @Override
    public Publication publish(TableName table) {
        return engine.publish(table);
    }

    @Override
    public void requestCopy(TableName table) {
        engine.requestCopy(table);
    }

    @Override
    public void reshape(Shape shape) {
        engine.reshape(shape);
    }

    @Override
    public void convert(TableName table, SyncMode mode) {
        engine.convert(table, mode);
    }

    @Override
    public boolean dropColumn(TableName table, String column) {
        return engine.dropColumn(table, column);
    }

    @Override
    public void forget(TableName table) {
        engine.forget(table);
    }

    @Override
    public Receipt write(Batch batch) {
        return engine.write(batch);
    }

    @Override
    public List<WidenedColumn> widened() {
        return engine.widened();
    }

    @Override
    public List<Displaced> displaced() {
        return engine.displaced();
    }

    @Override
    public CopySide side() {
        memory.storage().hold();
        LakeReader reader = openReader();
        return new LakeSide(new DuckSide(reader.connection(), settings.engine()), () -> memory.storage().letGo());
    }

    @Override
    public CopyReader reader() {
        memory.storage().hold();
        return openReader();
    }

    private LakeReader openReader() {
        try {
            // A memory of its own: the owner may commit at any moment.
            LakeMemory seen = LakeMemory.find(lake, schemaPrefix, settings)
                    .orElseThrow(() -> new IllegalStateException("Invalid lake: the memory of %s is gone".formatted(schemaPrefix)));
            LakeView view = LakeView.open(lake, memory.storage(), seen, schemaPrefix, settings.engine());
            return new LakeReader(view, () -> {
                seen.storage().close();
                memory.storage().letGo();
            });
        } catch (RuntimeException e) {
            memory.storage().letGo();
            throw IcebergFaults.of(e, settings.warehouse());
        }
    }

    @Override
    public void close() {
        try {
            engine.close();
        } finally {
            close(memory, lake, lock);
        }
    }
}
