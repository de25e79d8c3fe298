package dev.millrace.core.run;

import dev.millrace.core.change.Batch;
import dev.millrace.core.change.Piece;
import dev.millrace.core.change.TableChanges;
import dev.millrace.core.copy.CopyPlan;
import dev.millrace.core.destination.Destination;
import dev.millrace.core.destination.Memory;
import dev.millrace.core.destination.Publication;
import dev.millrace.core.destination.TableMemory;
import dev.millrace.core.destination.TableMemory.FinishedRange;
import dev.millrace.core.destination.TableState;
import dev.millrace.core.position.Lsn;
import dev.millrace.core.shape.TableName;
import dev.millrace.core.source.Catalog;
import dev.millrace.core.source.Source;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// The tables of a run and where each stands, in the owner's own memory; the destination's is written first, always.
final class Tables {

    private final Source source;
    private final Destination destination;
    private final RunListener listener;
    private final Map<TableName, TableMemory> remembered;
    private final Map<TableName, Catalog.Followed> followed = new HashMap<>();
    private final Map<TableName, Lsn> catchingUp = new HashMap<>();
    private final Set<TableName> copying = new HashSet<>();
    private final Set<TableName> known = new HashSet<>();
    private List<Catalog.LeftOut> leftOut = List.of();

    Tables(Source source, Destination destination, RunListener listener, Memory memory) {
        this.source = source;
        this.destination = destination;
        this.listener = listener;
        this.remembered = new HashMap<>(memory.tables());
        remembered.forEach((table, state) -> {
            if (state.state() == TableState.CATCHING_UP && !state.copyRequested()) {
                catchingUp.put(table, lastRead(state));
            }
        });
    }

    /// Reads the source's catalogue, tells what is left out, and forgets what is gone.
    void refresh() {
        Catalog catalog = source.catalog();
        catalog.followed().forEach(table -> followed.put(table.table(), table));
        leftOut = catalog.leftOut();
        leftOut.forEach(table -> {
            known.add(table.table());
            listener.on(new RunEvent.TableLeftOut(table.table(), table.reason(), table.remedy()));
        });
        catalog.followed().forEach(table -> {
            known.add(table.table());
            table.warnings().forEach(warning -> listener.on(new RunEvent.TableWarned(table.table(), warning)));
        });
        for (TableName table : List.copyOf(remembered.keySet())) {
            if (!followed.containsKey(table)) {
                forget(table, "It is no longer among the tables that the source offers.");
            }
        }
    }

    List<Catalog.LeftOut> leftOut() {
        return leftOut;
    }

    /// The copies that have to begin, or go on, smallest table first.
    List<CopyCrew.Order> toCopy() {
        List<CopyCrew.Order> orders = new ArrayList<>();
        followed.values().stream()
                .sorted((one, other) -> Long.compare(one.blocks(), other.blocks()))
                .forEach(table -> order(table).ifPresent(orders::add));
        return orders;
    }

    private Optional<CopyCrew.Order> order(Catalog.Followed table) {
        TableMemory memory = remembered.get(table.table());
        if (memory == null || memory.copyRequested()) {
            return Optional.of(anew(table));
        }
        if (memory.state() != TableState.COPYING) {
            return Optional.empty();
        }
        CopyPlan plan = memory.plan().orElseThrow(() -> new IllegalStateException("Invalid memory: a copy without a plan"));
        Optional<String> obstacle = obstacle(plan, memory);
        if (obstacle.isPresent()) {
            listener.on(new RunEvent.CopyBegunAnew(table.table(), obstacle.get()));
            return Optional.of(anew(table));
        }
        copying.add(table.table());
        return Optional.of(new CopyCrew.Order(table, plan, memory.finished()));
    }

    private Optional<String> obstacle(CopyPlan plan, TableMemory memory) {
        if (!source.stillHolds(plan)) {
            return Optional.of("The table was rewritten since its copy began.");
        }
        if (!plan.shape().isKeyed() && !memory.finished().isEmpty() && memory.finished().size() < plan.ranges().size()) {
            return Optional.of("The table has no key, so its ranges must all be read under one snapshot, and that ended with the earlier run.");
        }
        return Optional.empty();
    }

    private CopyCrew.Order anew(Catalog.Followed table) {
        CopyPlan plan = source.plan(table);
        destination.beginCopy(plan);
        catchingUp.remove(table.table());
        copying.add(table.table());
        return new CopyCrew.Order(table, plan, Map.of());
    }

    /// A new copy of a table, as the source has it now; empty, and the table forgotten, if the source does not offer it any more.
    Optional<CopyCrew.Order> again(TableName table) {
        Optional<Catalog.Followed> current = source.find(table);
        if (current.isEmpty()) {
            forget(table, "It is no longer among the tables that the source offers.");
            return Optional.empty();
        }
        followed.put(table, current.get());
        return Optional.of(anew(current.get()));
    }

    /// Finds tables that the batch brings for the first time, and has them copied: their changes so far are in what the copy will read.
    List<CopyCrew.Order> discover(Batch batch) {
        List<CopyCrew.Order> orders = new ArrayList<>();
        for (Piece piece : batch.pieces()) {
            for (TableChanges changes : piece.changes()) {
                TableName table = changes.shape().table();
                if (known.add(table)) {
                    source.find(table).ifPresent(found -> {
                        followed.put(table, found);
                        orders.add(anew(found));
                    });
                }
            }
        }
        return orders;
    }

    /// Notes that every range of a table is loaded.
    ///
    /// @return the position that the log has to pass before the table can be published
    Lsn copied(TableName table) {
        destination.endCopy(table);
        TableMemory memory = destination.recall().tables().get(table);
        if (memory == null) {
            throw new IllegalStateException("Invalid memory: " + table + " was copied and is not there");
        }
        remembered.put(table, memory);
        copying.remove(table);
        Lsn read = lastRead(memory);
        catchingUp.put(table, read);
        listener.on(new RunEvent.TableCopied(table));
        return read;
    }

    /// Publishes every table whose copy the log has passed.
    void publishCaughtUp(SyncRun.Tally tally, CopyCrew crew) {
        for (Map.Entry<TableName, Lsn> entry : List.copyOf(catchingUp.entrySet())) {
            TableName table = entry.getKey();
            if (tally.position.lsn().isBefore(entry.getValue())) {
                continue;
            }
            catchingUp.remove(table);
            switch (destination.publish(table)) {
                case Publication.Done(long rows) -> {
                    tally.tablesPublished++;
                    listener.on(new RunEvent.TablePublished(table, rows, tally.position));
                }
                case Publication.Incomplete(long rows) -> {
                    listener.on(new RunEvent.CopyBegunAnew(
                            table, "%d rows moved between parts that were read before and after a restart.".formatted(rows)));
                    again(table).ifPresent(crew::copy);
                }
            }
        }
    }

    /// Whether no table is being copied or catching up.
    boolean allStreaming() {
        return copying.isEmpty() && catchingUp.isEmpty();
    }

    void forget(TableName table, String reason) {
        destination.forget(table);
        remembered.remove(table);
        followed.remove(table);
        copying.remove(table);
        catchingUp.remove(table);
        listener.on(new RunEvent.TableForgotten(table, reason));
    }

    private static Lsn lastRead(TableMemory memory) {
        return memory.finished().values().stream().map(FinishedRange::readAt).reduce(Lsn.ZERO, Lsn::max);
    }
}
