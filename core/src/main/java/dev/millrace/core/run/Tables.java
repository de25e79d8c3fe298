package dev.millrace.core.run;

import dev.millrace.core.change.Batch;
import dev.millrace.core.copy.CopyPlan;
import dev.millrace.core.destination.Destination;
import dev.millrace.core.destination.Memory;
import dev.millrace.core.destination.Publication;
import dev.millrace.core.destination.SyncMode;
import dev.millrace.core.destination.TableMemory;
import dev.millrace.core.destination.TableMemory.FinishedRange;
import dev.millrace.core.destination.TableState;
import dev.millrace.core.fault.Fault;
import dev.millrace.core.fault.FaultKind;
import dev.millrace.core.fault.HeapFull;
import dev.millrace.core.feed.ChangeFeed;
import dev.millrace.core.position.LogSpan;
import dev.millrace.core.position.Position;
import dev.millrace.core.position.TransactionSnapshot;
import dev.millrace.core.shape.ColumnChange;
import dev.millrace.core.shape.Evolution;
import dev.millrace.core.shape.Shape;
import dev.millrace.core.shape.TableName;
import dev.millrace.core.source.Catalog;
import dev.millrace.core.source.Source;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The tables of a run and where each stands, in the owner's own memory; the destination's is written first, always.
final class Tables {

    private final Source source;
    private final Destination destination;
    private final ModeChoice modes;
    private final RunListener listener;
    private final SyncRun.Tally tally;
    private final Map<TableName, TableMemory> remembered;
    private final Map<TableName, Catalog.Followed> followed = new HashMap<>();
    private final Map<TableName, Position> catchingUp = new HashMap<>();
    private final Map<TableName, Position> keptBehind = new HashMap<>();
    private final Set<TableName> copying = new HashSet<>();
    private final Set<TableName> known = new HashSet<>();
    private final Set<TableName> againLater = new HashSet<>();
    private final ShapeWatch shapes = new ShapeWatch();
    private final IncompleteCopies incomplete = new IncompleteCopies();
    private final CancelledCopies cancelledCopies = new CancelledCopies();
    private List<Catalog.LeftOut> leftOut = List.of();
    private String stamp = "";
    private @Nullable ChangeFeed feed;

    Tables(Source source, Destination destination, ModeChoice modes, RunListener listener, Memory memory, SyncRun.Tally tally) {
        this.source = source;
        this.modes = modes;
        this.destination = destination;
        this.listener = listener;
        this.tally = tally;
        this.remembered = new HashMap<>(memory.tables());
        remembered.forEach((table, state) -> {
            shapes.set(state.plan().map(CopyPlan::shape).orElse(state.shape()));
            if (state.state() == TableState.CATCHING_UP && !state.copyRequested()) {
                catchingUp.put(table, lastRead(state));
            }
        });
    }

    /// Has a feed bring the changes of the tables that follow or catch up, from here on.
    void attach(ChangeFeed opened) {
        feed = opened;
        remembered.forEach((table, memory) -> {
            if (catchingUp.containsKey(table)) {
                catchingUp.computeIfPresent(table, (_, read) -> Position.later(read, opened.follow(table, earliest(memory))));
            } else if (memory.state() == TableState.STREAMING && !memory.copyRequested()) {
                opened.follow(table, Optional.empty());
            }
        });
    }

    private void unfollow(TableName table) {
        if (feed != null) {
            feed.unfollow(table);
        }
    }

    /// The earliest snapshot under which a range was read.
    private static Optional<TransactionSnapshot> earliest(TableMemory memory) {
        return memory.finished().values().stream().map(FinishedRange::snapshot).min(Comparator.comparingLong(TransactionSnapshot::xmin));
    }

    /// Reads the source's catalogue, tells what is left out and forgets what is gone.
    void refresh() {
        stamp = source.catalogStamp();
        Catalog catalog = source.catalog();
        Set<TableName> offered = new HashSet<>();
        catalog.followed().forEach(table -> {
            offered.add(table.table());
            followed.put(table.table(), table);
        });
        catalog.leftOut().stream()
                .filter(table -> !leftOut.contains(table))
                .forEach(table -> listener.on(new RunEvent.TableLeftOut(table.table(), table.reason(), table.remedy())));
        leftOut = catalog.leftOut();
        leftOut.forEach(table -> known.add(table.table()));
        followed.keySet().retainAll(offered);
        catalog.followed().stream()
                .filter(table -> known.add(table.table()))
                .forEach(table -> table.warnings().forEach(warning -> listener.on(new RunEvent.TableWarned(table.table(), warning))));
        Position asOf = source.end();
        shapes.offered(offered, remembered.keySet(), asOf);
        catalog.followed().forEach(table -> compare(table, asOf));
    }

    /// Looks at the catalogue again if it may have changed; returns the copies that have to begin.
    List<CopyCrew.Order> review() {
        if (!shapes.isUnsettled() && source.catalogStamp().equals(stamp)) {
            return List.of();
        }
        Set<TableName> before = Set.copyOf(followed.keySet());
        refresh();
        destination.name(followed.keySet());
        List<CopyCrew.Order> orders = new ArrayList<>();
        for (Catalog.Followed table : List.copyOf(followed.values())) {
            boolean begun = copying.contains(table.table()) || catchingUp.containsKey(table.table());
            if (!before.contains(table.table()) && !begun) {
                order(table).ifPresent(orders::add);
            }
        }
        orders.addAll(obstructed());
        return orders;
    }

    /// Compares a table that follows the log with what the catalogue says of it now.
    private void compare(Catalog.Followed table, Position asOf) {
        if (!remembered.containsKey(table.table())) {
            return;
        }
        if (isStreaming(table.table())) {
            shapes.showed(table.shape(), asOf);
        } else {
            shapes.couldNotCompare(table.table());
        }
    }

    private boolean isStreaming(TableName table) {
        TableMemory memory = remembered.get(table);
        return memory != null && !copying.contains(table) && !catchingUp.containsKey(table) && memory.state() != TableState.COPYING;
    }

    /// New copies of the tables that cannot follow the catalogue's shape in place.
    private List<CopyCrew.Order> obstructed() {
        List<CopyCrew.Order> orders = new ArrayList<>();
        for (Catalog.Followed table : List.copyOf(followed.values())) {
            if (isStreaming(table.table())) {
                shapes.of(table.table())
                        .flatMap(current -> obstacle(current, table.shape()))
                        .ifPresent(reason -> orders.add(anew(table, reason)));
            }
        }
        return orders;
    }

    private CopyCrew.Order anew(Catalog.Followed table, String reason) {
        listener.on(new RunEvent.CopyBegunAnew(table.table(), reason));
        return anew(table);
    }

    /// Does what waited for the log to come this far: tables take on the shape that they have at the source, or are forgotten.
    void settle(Position position) {
        shapes.postponeUnless(this::isStreaming);
        for (Shape shape : shapes.takeDue(position)) {
            destination.reshape(shape);
            tellAltered(shape);
            shapes.takeOn(shape);
        }
        for (TableName table : shapes.gone(position)) {
            forget(table, "It is no longer among the tables that the source offers.");
        }
    }

    /// Up to where the log has to be followed before every table is as the catalogue showed it last.
    Optional<Position> awaited() {
        return shapes.awaited();
    }

    /// Whether a table could not be compared with the catalogue when that was read last, because it was being copied.
    boolean isUnsettled() {
        return shapes.isUnsettled();
    }

    List<Catalog.LeftOut> leftOut() {
        return leftOut;
    }

    /// The copies that have to begin, or go on, smallest table first.
    List<CopyCrew.Order> toCopy() {
        destination.name(followed.keySet());
        List<CopyCrew.Order> orders = new ArrayList<>();
        followed.values().stream()
                .sorted((one, other) -> Long.compare(one.blocks(), other.blocks()))
                .forEach(table -> order(table).ifPresent(orders::add));
        orders.addAll(obstructed());
        return orders;
    }

    private Optional<CopyCrew.Order> order(Catalog.Followed table) {
        TableMemory memory = remembered.get(table.table());
        if (memory == null || memory.copyRequested()) {
            shapes.unset(table.table());
            return Optional.of(anew(table));
        }
        SyncMode mode = modes.of(table.table());
        if (memory.state() == TableState.STREAMING) {
            convert(table.table(), memory, mode);
            return Optional.empty();
        }
        if (memory.mode() != mode) {
            return Optional.of(anew(table, "It is wanted in %s mode now.".formatted(mode)));
        }
        Optional<String> choice = memory.plan().flatMap(plan -> Evolution.choice(plan.shape(), table.shape()));
        if (choice.isPresent()) {
            return Optional.of(anew(table, choice.get()));
        }
        if (memory.state() == TableState.CATCHING_UP) {
            return Optional.empty();
        }
        CopyPlan plan = memory.plan().orElseThrow(() -> new IllegalStateException("Invalid memory: a copy without a plan"));
        Optional<String> obstacle = obstacle(plan, memory);
        if (obstacle.isPresent()) {
            return Optional.of(anew(table, obstacle.get()));
        }
        copying.add(table.table());
        return Optional.of(new CopyCrew.Order(table, plan, memory.finished()));
    }

    private void convert(TableName table, TableMemory memory, SyncMode mode) {
        if (memory.mode() != mode) {
            destination.convert(table, mode);
            remembered.put(table, memory.withMode(mode));
            listener.on(new RunEvent.TableConverted(table, memory.mode(), mode));
        }
    }

    private Optional<String> obstacle(CopyPlan plan, TableMemory memory) {
        if (!source.stillHolds(plan)) {
            return Optional.of("The table was rewritten since its copy began.");
        }
        boolean isBegun = !memory.finished().isEmpty() && memory.finished().size() < plan.ranges().size();
        if (isBegun && (!plan.shape().isKeyed() || memory.mode() == SyncMode.HISTORY)) {
            String why = plan.shape().isKeyed() ? "is kept in HISTORY mode" : "has no key";
            return Optional.of(
                    "The table %s, so its ranges must all be read under one snapshot, and that ended with the earlier run.".formatted(why));
        }
        return Optional.empty();
    }

    private CopyCrew.Order anew(Catalog.Followed table) {
        CopyPlan plan = source.plan(table);
        shapes.checkStillHashed(plan.shape());
        keptBehind.put(table.table(), tally.position);
        destination.beginCopy(plan, modes.of(table.table()));
        unfollow(table.table());
        shapes.set(plan.shape());
        againLater.remove(table.table());
        catchingUp.remove(table.table());
        copying.add(table.table());
        return new CopyCrew.Order(table, plan, Map.of());
    }

    /// A new copy of the table for which a batch was refused, if it has a row filter into which a row may have come whose large values the
    /// log does not carry: the copy reads them, and the batch can be written with the table's changes kept beside it.
    Optional<CopyCrew.Order> copyForEntering(Fault refusal, Batch batch) {
        Optional<TableName> table = batch.shapes().stream()
                .filter(shape -> refusal.kind() == FaultKind.DESTINATION_ALTERED && refusal.subject().equals(shape.table().toString()))
                .filter(shape -> !shape.filter().isEmpty() && isStreaming(shape.table()))
                .map(Shape::table)
                .findFirst();
        table.ifPresent(name -> listener.on(new RunEvent.CopyBegunAnew(name, IncompleteCopies.ENTERED)));
        return table.flatMap(this::again);
    }

    /// A new copy of a table because a person wants it, whatever is known of it; after the present one, if it is being copied, since its copiers are at work on
    /// that.
    Optional<CopyCrew.Order> resync(TableName table) {
        if (copying.contains(table)) {
            againLater.add(table);
            return Optional.empty();
        }
        shapes.unset(table);
        return again(table);
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
    /// Tables that the batch brings in a shape into which they cannot grow in place are copied again.
    List<CopyCrew.Order> discover(Batch batch) {
        List<CopyCrew.Order> orders = new ArrayList<>();
        batch.lost().forEach((table, reason) -> {
            if (!copying.contains(table)) {
                listener.on(new RunEvent.CopyBegunAnew(table, reason));
                again(table).ifPresent(orders::add);
            }
        });
        for (Shape shape : batch.shapes()) {
            TableName table = shape.table();
            if (known.add(table)) {
                source.find(table).ifPresent(found -> {
                    followed.put(table, found);
                    orders.add(anew(found));
                });
            } else if (shapes.isNews(shape)) {
                examine(shape).ifPresent(orders::add);
            }
        }
        return orders;
    }

    private Optional<CopyCrew.Order> examine(Shape logged) {
        TableName table = logged.table();
        Optional<Shape> current = shapes.of(table)
                .filter(known -> !known.filter().equals(logged.filter()) || !logged.recognize(known).equals(known));
        if (current.isEmpty()) {
            return Optional.empty();
        }
        shapes.checkStillHashed(logged);
        Optional<Catalog.Followed> now = source.find(table);
        now.ifPresent(found -> shapes.checkStillHashed(found.shape()));
        Optional<String> obstacle = now.flatMap(found -> obstacle(current.get(), found.shape()))
                .or(() -> Evolution.choice(current.get(), logged)
                        .map(_ -> "The log has rows of it from before it was altered, of which its settings cannot be asked."));
        if (now.isPresent() && obstacle.isPresent()) {
            if (copying.contains(table)) {
                againLater.add(table);
                return Optional.empty();
            }
            return Optional.of(anew(now.get(), obstacle.get()));
        }
        if (isStreaming(table)) {
            tellAltered(now.map(found -> logged.recognize(found.shape())).orElse(logged).recognize(current.get()));
            shapes.takeOn(logged);
            shapes.postpone(table);
        }
        return Optional.empty();
    }

    /// Tells what another shape of a table does to its columns; nothing where only what the catalogue knows of them is news.
    private void tellAltered(Shape shape) {
        List<ColumnChange> changes = shapes.of(shape.table()).map(current -> ColumnChange.between(current, shape)).orElse(List.of());
        if (!changes.isEmpty()) {
            listener.on(new RunEvent.TableAltered(shape.table(), changes));
        }
    }

    /// Why a table has to be copied again.
    private Optional<String> obstacle(Shape before, Shape after) {
        return Evolution.obstacle(before, after).or(() -> source.tellsOfEnds() ? Optional.empty() : Evolution.rewritten(before, after));
    }

    /// Whether a table was altered while it was copied in a way that makes its copy begin anew, now that no range is being read.
    boolean mustBeginAnew(TableName table) {
        return againLater.remove(table);
    }

    /// Notes that every range of a table is loaded.
    ///
    /// @return the position that the log has to pass before the table can be published
    Position copied(TableName table) {
        destination.endCopy(table);
        TableMemory memory = destination.recall(table).orElse(null);
        if (memory == null) {
            throw new IllegalStateException("Invalid memory: " + table + " was copied and is not there");
        }
        remembered.put(table, memory);
        copying.remove(table);
        cancelledCopies.forget(table);
        Position loaded = lastRead(memory);
        Position read = feed == null ? loaded : Position.later(loaded, feed.follow(table, earliest(memory)));
        catchingUp.put(table, read);
        listener.on(new RunEvent.TableCopied(table));
        return read;
    }

    /// What is left to be copied of a table whose reading the source cancelled. Its other ranges are read under a later snapshot, as after a
    /// restart; where that will not do, the copy begins anew. A new plan has smaller ranges, since the source remembers what it cancelled.
    ///
    /// @throws Fault `why`, if it has been so too often
    Optional<CopyCrew.Order> cancelled(TableName table, Fault why) {
        TableMemory memory = destination.recall(table).orElse(null);
        Optional<CopyPlan> plan = memory == null || againLater.contains(table)
                ? Optional.empty()
                : memory.plan().filter(held -> obstacle(held, memory).isEmpty());
        int staying = memory == null || plan.isEmpty() ? 0 : memory.finished().size();
        Catalog.Followed known = followed.get(table);
        if (cancelledCopies.mayGoOn(table, staying, why) && plan.isPresent() && memory != null && known != null) {
            listener.on(new RunEvent.TableWarned(table, CancelledCopies.GOES_ON));
            return Optional.of(new CopyCrew.Order(known, plan.get(), memory.finished()));
        }
        listener.on(new RunEvent.CopyBegunAnew(table, CancelledCopies.ANEW));
        return again(table);
    }

    /// Publishes every table whose copy the log has passed.
    void publishCaughtUp(CopyCrew crew) {
        for (Map.Entry<TableName, Position> entry : List.copyOf(catchingUp.entrySet())) {
            TableName table = entry.getKey();
            if (tally.position.isBefore(entry.getValue())) {
                continue;
            }
            catchingUp.remove(table);
            try {
                publish(table, crew);
            } catch (Fault fault) {
                throw fault.within(pending(table));
            } catch (OutOfMemoryError e) {
                throw HeapFull.fault(table.toString(), e).within(pending(table));
            }
        }
    }

    private void publish(TableName table, CopyCrew crew) {
        switch (destination.publish(table)) {
            case Publication.Done(long rows) -> {
                tally.tablesPublished++;
                published(table);
                incomplete.forget(table);
                listener.on(new RunEvent.TablePublished(table, rows, tally.position));
            }
            case Publication.Incomplete(long rows) -> {
                listener.on(new RunEvent.CopyBegunAnew(table, incomplete.why(table, shapes.of(table), rows)));
                again(table).ifPresent(crew::copy);
            }
        }
    }

    /// The part of the log whose changes are kept beside a table. Of a copy that an earlier run began, as far as it is known: from about
    /// where its first range was read.
    private LogSpan pending(TableName table) {
        Position after = Optional.ofNullable(keptBehind.get(table)).orElseGet(() -> firstRead(remembered.get(table)));
        return LogSpan.between(after, tally.position);
    }

    private void published(TableName table) {
        TableMemory memory = destination.recall(table).orElse(null);
        if (memory != null) {
            remembered.put(table, memory);
            shapes.set(memory.shape());
        }
    }

    /// Whether no table is being copied or catching up.
    boolean allStreaming() {
        return copying.isEmpty() && catchingUp.isEmpty();
    }

    void forget(TableName table, String reason) {
        destination.forget(table);
        unfollow(table);
        remembered.remove(table);
        followed.remove(table);
        copying.remove(table);
        catchingUp.remove(table);
        shapes.forget(table);
        known.remove(table);
        listener.on(new RunEvent.TableForgotten(table, reason));
    }

    private Position firstRead(@Nullable TableMemory memory) {
        Position now = tally.position;
        return memory == null
                ? now
                : memory.finished().values().stream().map(FinishedRange::readAt).reduce(now, (one, other) -> one.isBefore(other) ? one : other);
    }

    private static Position lastRead(TableMemory memory) {
        return memory.finished().values().stream()
                .map(FinishedRange::readAt)
                .reduce(Position::later)
                .orElseThrow(() -> new IllegalStateException("Invalid memory: a copy without ranges that has ended"));
    }
}
