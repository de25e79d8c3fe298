package dev.millrace.testkit.destination;

import dev.millrace.core.change.Batch;
import dev.millrace.core.change.Piece;
import dev.millrace.core.change.TableChanges;
import dev.millrace.core.copy.CopyPlan;
import dev.millrace.core.copy.CopyRange;
import dev.millrace.core.copy.CopyRows;
import dev.millrace.core.destination.Destination;
import dev.millrace.core.destination.Memory;
import dev.millrace.core.destination.Publication;
import dev.millrace.core.destination.Receipt;
import dev.millrace.core.destination.SourceIdentity;
import dev.millrace.core.destination.SyncMode;
import dev.millrace.core.destination.TableMemory;
import dev.millrace.core.destination.TableMemory.FinishedRange;
import dev.millrace.core.destination.TableState;
import dev.millrace.core.fault.Fault;
import dev.millrace.core.fault.FaultKind;
import dev.millrace.core.naming.TargetNames;
import dev.millrace.core.position.Position;
import dev.millrace.core.position.TransactionSnapshot;
import dev.millrace.core.secret.Salt;
import dev.millrace.core.shape.Evolution;
import dev.millrace.core.shape.Shape;
import dev.millrace.core.shape.TableName;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.LongPredicate;
import java.util.function.UnaryOperator;

/// A destination that keeps everything on a [Disk] in memory: the contract of the port, written as plainly as it can be.
///
/// Each method works on a copy of the disk's content and puts it back at the end, which is its commit; so whatever throws has changed
/// nothing. Another destination over the same disk is what a restart finds.
public final class MemoryDestination implements Destination {

    /// What survives a crash. Safe for use by several threads.
    public static final class Disk {
        private final Salt salt = Salt.random();
        private Content content = new Content(Memory.empty(), Map.of(), Map.of(), Map.of());

        private synchronized Content read() {
            return content;
        }

        private synchronized void change(UnaryOperator<Content> work) {
            content = work.apply(content);
        }

        /// The rows of a table as readers see them; empty if they see no such table.
        public synchronized Optional<List<SeenRow>> rows(TableName table) {
            return Optional.ofNullable(content.published().get(table)).map(MemoryTable::seen);
        }
    }

    /// @param published what readers see
    /// @param copies what is being copied
    /// @param pending the changes that are kept for those
    private record Content(
            Memory memory,
            Map<TableName, MemoryTable> published,
            Map<TableName, MemoryTable> copies,
            Map<TableName, List<TableChanges>> pending) {

        Content with(Memory changed) {
            return new Content(changed, published, copies, pending);
        }

        Content with(TableName table, Optional<TableMemory> known) {
            SortedMap<TableName, TableMemory> tables = new TreeMap<>(memory.tables());
            tables.remove(table);
            known.ifPresent(it -> tables.put(table, it));
            return with(new Memory(memory.source(), memory.position(), memory.committedAt(), tables));
        }

        Content withPublished(TableName table, Optional<MemoryTable> rows) {
            return new Content(memory, put(published, table, rows), copies, pending);
        }

        Content withCopy(TableName table, Optional<MemoryTable> rows) {
            return new Content(memory, published, put(copies, table, rows), pending);
        }

        Content withPending(TableName table, List<TableChanges> changes) {
            return new Content(memory, published, copies, put(pending, table, Optional.of(changes)));
        }

        MemoryTable copy(TableName table) {
            return of(copies, table);
        }

        MemoryTable published(TableName table) {
            return of(published, table);
        }

        /// A copy to work on.
        private static MemoryTable of(Map<TableName, MemoryTable> tables, TableName table) {
            MemoryTable rows = tables.get(table);
            if (rows == null) {
                throw new IllegalStateException("Invalid table: " + table + " (must be there)");
            }
            return new MemoryTable(rows);
        }

        private static <T> Map<TableName, T> put(Map<TableName, T> map, TableName table, Optional<T> value) {
            Map<TableName, T> changed = new HashMap<>(map);
            changed.remove(table);
            value.ifPresent(it -> changed.put(table, it));
            return changed;
        }
    }

    private final Disk disk;

    /// A destination over a disk.
    public MemoryDestination(Disk disk) {
        this.disk = disk;
    }

    @Override
    public Salt salt() {
        return disk.salt;
    }

    @Override
    public Memory recall() {
        return disk.read().memory();
    }

    @Override
    public void adopt(SourceIdentity source, Position start) {
        disk.change(content -> {
            if (content.memory().position().isPresent()) {
                throw new IllegalStateException("Invalid order: adopt (must be called once)");
            }
            return content.with(new Memory(
                    Optional.of(source), Optional.of(start), Optional.empty(), content.memory().tables()));
        });
    }

    @Override
    public void restart(Position start) {
        disk.change(content -> {
            Memory now = content.memory();
            SortedMap<TableName, TableMemory> tables = new TreeMap<>(now.tables());
            tables.replaceAll((_, table) -> table.withCopyRequested());
            return content.with(new Memory(now.source(), Optional.of(start), now.committedAt(), tables));
        });
    }

    @Override
    public void beginCopy(CopyPlan plan, SyncMode mode) {
        TableName table = plan.shape().table();
        disk.change(content -> {
            Optional<Shape> before = Optional.ofNullable(content.memory().tables().get(table)).map(TableMemory::shape);
            Optional<MemoryTable> published = Optional.ofNullable(content.published().get(table))
                    .flatMap(rows -> rows.without(Evolution.rehashed(before, plan.shape()), plan.shape()));
            TableMemory begun = new TableMemory(
                    TableState.COPYING,
                    mode,
                    plan.shape(),
                    published.isPresent(),
                    Optional.of(plan),
                    Map.of(),
                    false,
                    0,
                    names(plan.shape()));
            return content.with(table, Optional.of(begun))
                    .withPublished(table, published)
                    .withCopy(table, Optional.of(new MemoryTable(plan.shape(), mode)))
                    .withPending(table, List.of());
        });
    }

    /// Names are told apart here by their every letter.
    private static TargetNames names(Shape shape) {
        return TargetNames.asAtSource(shape.table(), shape);
    }

    @Override
    public long load(TableName table, CopyRange range, TransactionSnapshot snapshot, Position readAt, Instant takenAt, CopyRows rows) {
        FinishedRange before = known(disk.read(), table).finished().get(range.number());
        if (before != null) {
            return before.rows();
        }
        List<byte[]> read = new ArrayList<>();
        for (byte[] row = rows.next(); row != null; row = rows.next()) {
            read.add(row);
        }
        disk.change(content -> {
            TableMemory known = known(content, table);
            Map<Integer, FinishedRange> finished = new HashMap<>(known.finished());
            finished.put(range.number(), new FinishedRange(snapshot, readAt, read.size()));
            MemoryTable copy = content.copy(table);
            read.forEach(row -> copy.load(row, takenAt));
            return content.withCopy(table, Optional.of(copy))
                    .with(table, Optional.of(known.withFinished(finished)));
        });
        return read.size();
    }

    private static TableMemory known(Content content, TableName table) {
        TableMemory known = content.memory().tables().get(table);
        if (known == null) {
            throw new IllegalStateException("Invalid table: " + table + " (must be known)");
        }
        return known;
    }

    @Override
    public void endCopy(TableName table) {
        disk.change(content -> {
            TableMemory known = known(content, table);
            return content.with(table, Optional.of(known.withState(TableState.CATCHING_UP)));
        });
    }

    @Override
    public Publication publish(TableName table) {
        Content content = disk.read();
        TableMemory known = known(content, table);
        MemoryTable copy = content.copy(table);
        LongPredicate seen = xid -> known.finished().values().stream().allMatch(range -> range.snapshot().sees(xid));
        for (TableChanges changes : content.pending().getOrDefault(table, List.of())) {
            if (changes.hasOthers(seen)) {
                copy.apply(changes, seen);
            }
        }
        if (copy.missing() > 0) {
            return new Publication.Incomplete(copy.missing());
        }
        MemoryTable rows = content.published().containsKey(table) ? replaced(content, table, known.mode(), copy) : copy;
        TableMemory published = new TableMemory(
                TableState.STREAMING,
                known.mode(),
                rows.shape(),
                true,
                Optional.empty(),
                Map.of(),
                false,
                rows.liveRows(),
                names(rows.shape()));
        disk.change(now -> now.with(table, Optional.of(published))
                .withPublished(table, Optional.of(rows))
                .withCopy(table, Optional.empty())
                .withPending(table, List.of()));
        return new Publication.Done(rows.liveRows());
    }

    /// The copy in the place of what was published, which may be of another mode.
    private static MemoryTable replaced(Content content, TableName table, SyncMode mode, MemoryTable copy) {
        Instant now = content.memory().committedAt().orElse(Instant.EPOCH);
        MemoryTable old = content.published(table);
        old.convert(mode, now);
        return copy.inPlaceOf(old, now);
    }

    @Override
    public void convert(TableName table, SyncMode mode) {
        disk.change(content -> {
            MemoryTable rows = content.published(table);
            rows.convert(mode, content.memory().committedAt().orElse(Instant.EPOCH));
            return content.withPublished(table, Optional.of(rows))
                    .with(table, Optional.of(known(content, table).withMode(mode)));
        });
    }

    @Override
    public void requestCopy(TableName table) {
        disk.change(content -> {
            TableMemory known = known(content, table);
            return content.with(table, Optional.of(known.withCopyRequested()));
        });
    }

    @Override
    public void reshape(Shape shape) {
        TableName table = shape.table();
        disk.change(content -> {
            MemoryTable rows = content.published(table);
            rows.reshape(shape);
            TableMemory known = known(content, table);
            return content.withPublished(table, Optional.of(rows))
                    .with(table, Optional.of(known.withShape(rows.shape()).withNames(names(rows.shape()))));
        });
    }

    @Override
    public void forget(TableName table) {
        disk.change(content -> content.with(table, Optional.empty())
                .withCopy(table, Optional.empty())
                .withPending(table, List.of()));
    }

    @Override
    public Receipt write(Batch batch) {
        disk.change(content -> {
            Position position = content.memory().position().orElseThrow();
            if (!position.isBefore(batch.through())) {
                throw new IllegalStateException(
                        "Invalid batch: through %s (must lie behind %s)".formatted(batch.through(), position));
            }
            Content written = content;
            for (Piece piece : batch.pieces()) {
                for (TableChanges changes : piece.changes()) {
                    written = write(written, changes);
                }
            }
            return written.with(new Memory(
                    written.memory().source(),
                    Optional.of(batch.through()),
                    batch.committedAt().or(content.memory()::committedAt),
                    written.memory().tables()));
        });
        return new Receipt(batch.through());
    }

    private static Content write(Content content, TableChanges changes) {
        TableName table = changes.shape().table();
        TableMemory known = content.memory().tables().get(table);
        if (known == null) {
            return content;
        }
        return switch (known.state()) {
            case COPYING, CATCHING_UP -> {
                List<TableChanges> pending = new ArrayList<>(content.pending().getOrDefault(table, List.of()));
                pending.add(changes);
                yield content.withPending(table, pending);
            }
            case STREAMING -> {
                MemoryTable rows = content.published(table);
                rows.apply(changes, _ -> false);
                if (rows.missing() > 0) {
                    throw new Fault(
                            FaultKind.DESTINATION_ALTERED,
                            table.toString(),
                            "Rows of %s that changes build on are not here.".formatted(table),
                            "Ask for a new copy of the table.");
                }
                yield content.withPublished(table, Optional.of(rows))
                        .with(table, Optional.of(known.withShape(rows.shape()).withNames(names(rows.shape()))));
            }
        };
    }

    @Override
    public void close() {}
}
