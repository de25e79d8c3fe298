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
import dev.millrace.core.position.Lsn;
import dev.millrace.core.shape.Column;
import dev.millrace.core.shape.Evolution;
import dev.millrace.core.shape.Shape;
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

    /// How often in a row a copy may lack rows that came into a filter, before that is a fault.
    private static final int INCOMPLETE_MAX = 3;

    private static final String ENTERED =
            "A row came into its row filter whose large values the log does not carry; with `REPLICA IDENTITY FULL` it would.";

    private final Source source;
    private final Destination destination;
    private final ModeChoice modes;
    private final RunListener listener;
    private final Map<TableName, TableMemory> remembered;
    private final Map<TableName, Catalog.Followed> followed = new HashMap<>();
    private final Map<TableName, Lsn> catchingUp = new HashMap<>();
    private final Set<TableName> copying = new HashSet<>();
    private final Set<TableName> known = new HashSet<>();
    private final Map<TableName, Shape> shapes = new HashMap<>();
    private final Map<TableName, Shape> seen = new HashMap<>();
    private final Map<TableName, Due> due = new HashMap<>();
    private final Map<TableName, Lsn> gone = new HashMap<>();
    private final Set<TableName> againLater = new HashSet<>();
    private final Map<TableName, Integer> incomplete = new HashMap<>();
    private List<Catalog.LeftOut> leftOut = List.of();
    private String stamp = "";
    private boolean unsettled;

    /// A shape that a table takes on once the log has passed the point at which the catalogue showed it, unless rows bring it before.
    private record Due(Shape shape, Lsn from) {}

    Tables(Source source, Destination destination, ModeChoice modes, RunListener listener, Memory memory) {
        this.source = source;
        this.modes = modes;
        this.destination = destination;
        this.listener = listener;
        this.remembered = new HashMap<>(memory.tables());
        remembered.forEach((table, state) -> {
            shapes.put(table, state.plan().map(CopyPlan::shape).orElse(state.shape()));
            if (state.state() == TableState.CATCHING_UP && !state.copyRequested()) {
                catchingUp.put(table, lastRead(state));
            }
        });
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
        Lsn asOf = source.logEnd();
        for (TableName table : remembered.keySet()) {
            if (!offered.contains(table)) {
                gone.putIfAbsent(table, asOf);
            }
        }
        gone.keySet().removeAll(offered);
        unsettled = false;
        catalog.followed().forEach(table -> compare(table, asOf));
    }

    /// Looks at the catalogue again if it may have changed; returns the copies that have to begin.
    List<CopyCrew.Order> review() {
        if (!unsettled && source.catalogStamp().equals(stamp)) {
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
    private void compare(Catalog.Followed table, Lsn asOf) {
        Shape current = shapes.get(table.table());
        if (current == null || !remembered.containsKey(table.table())) {
            return;
        }
        if (!isStreaming(table.table())) {
            unsettled = true;
        } else if (Evolution.obstacle(current, table.shape()).isEmpty() && !table.shape().recognize(current).equals(current)) {
            due.put(table.table(), new Due(table.shape(), asOf));
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
            Shape current = shapes.get(table.table());
            if (current != null && isStreaming(table.table())) {
                Evolution.obstacle(current, table.shape()).ifPresent(reason -> orders.add(anew(table, reason)));
            }
        }
        return orders;
    }

    private CopyCrew.Order anew(Catalog.Followed table, String reason) {
        listener.on(new RunEvent.CopyBegunAnew(table.table(), reason));
        return anew(table);
    }

    /// Does what waited for the log to come this far: tables take on the shape that they have at the source, or are forgotten.
    void settle(Lsn position) {
        for (Map.Entry<TableName, Due> entry : List.copyOf(due.entrySet())) {
            TableName table = entry.getKey();
            if (!isStreaming(table)) {
                due.remove(table);
                unsettled = true;
            } else if (!position.isBefore(entry.getValue().from())) {
                due.remove(table);
                Shape current = shapes.getOrDefault(table, entry.getValue().shape());
                destination.reshape(entry.getValue().shape());
                shapes.put(table, entry.getValue().shape().recognize(current));
            }
        }
        for (Map.Entry<TableName, Lsn> entry : List.copyOf(gone.entrySet())) {
            if (!position.isBefore(entry.getValue())) {
                forget(entry.getKey(), "It is no longer among the tables that the source offers.");
            }
        }
    }

    /// Up to where the log has to be followed before every table is as the catalogue showed it last.
    Lsn awaited() {
        Lsn latest = Lsn.ZERO;
        for (Due each : due.values()) {
            latest = Lsn.max(latest, each.from());
        }
        for (Lsn each : gone.values()) {
            latest = Lsn.max(latest, each);
        }
        return latest;
    }

    /// Whether a table could not be compared with the catalogue when that was read last, because it was being copied.
    boolean isUnsettled() {
        return unsettled;
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
            shapes.remove(table.table());
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
        checkStillHashed(plan.shape());
        destination.beginCopy(plan, modes.of(table.table()));
        shapes.put(table.table(), plan.shape());
        due.remove(table.table());
        againLater.remove(table.table());
        catchingUp.remove(table.table());
        copying.add(table.table());
        return new CopyCrew.Order(table, plan, Map.of());
    }

    /// Refuses a shape in which a column that is hashed here goes by another name and is not: its values would come in clear.
    private void checkStillHashed(Shape now) {
        Shape known = shapes.get(now.table());
        if (known == null) {
            return;
        }
        for (Column column : now.columns()) {
            Optional<Column> was = Evolution.earlier(known, column);
            if (was.isPresent() && was.get().isHashed() && !column.isHashed() && !was.get().name().equals(column.name())) {
                throw new Fault(
                        FaultKind.SETTINGS_INVALID,
                        now.table().toString(),
                        "Column %s of %s, which is hashed, was renamed to %s at the source, and the settings do not have that one hashed; nothing more is copied."
                                .formatted(was.get().name(), now.table(), column.name()),
                        "Write `hashed: true` under column `%s` in the settings. If its values shall be copied in clear, run `millrace resync` for the table instead."
                                .formatted(column.name()));
            }
        }
    }

    /// A new copy of the table for which a batch was refused, if it has a row filter into which a row may have come whose large values the
    /// log does not carry: the copy reads them, and the batch can be written with the table's changes kept beside it.
    Optional<CopyCrew.Order> copyForEntering(Fault refusal, Batch batch) {
        Optional<TableName> table = batch.shapes().stream()
                .filter(shape -> refusal.kind() == FaultKind.DESTINATION_ALTERED && refusal.subject().equals(shape.table().toString()))
                .filter(shape -> !shape.filter().isEmpty() && isStreaming(shape.table()))
                .map(Shape::table)
                .findFirst();
        table.ifPresent(name -> listener.on(new RunEvent.CopyBegunAnew(name, ENTERED)));
        return table.flatMap(this::again);
    }

    /// A new copy of a table because a person wants it, whatever is known of it.
    Optional<CopyCrew.Order> resync(TableName table) {
        shapes.remove(table);
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
        for (Shape shape : batch.shapes()) {
            TableName table = shape.table();
            if (known.add(table)) {
                source.find(table).ifPresent(found -> {
                    followed.put(table, found);
                    orders.add(anew(found));
                });
            } else if (shapes.containsKey(table) && !shape.equals(seen.put(table, shape))) {
                examine(shape).ifPresent(orders::add);
            }
        }
        return orders;
    }

    private Optional<CopyCrew.Order> examine(Shape logged) {
        TableName table = logged.table();
        Shape current = shapes.get(table);
        if (current == null || logged.filter().equals(current.filter()) && logged.recognize(current).equals(current)) {
            return Optional.empty();
        }
        checkStillHashed(logged);
        Optional<Catalog.Followed> now = source.find(table);
        now.ifPresent(found -> checkStillHashed(found.shape()));
        Optional<String> obstacle = now.flatMap(found -> Evolution.obstacle(current, found.shape()))
                .or(() -> Evolution.choice(current, logged).map(_ -> "The log has rows of it from before it was altered, of which its settings cannot be asked."));
        if (now.isPresent() && obstacle.isPresent()) {
            if (copying.contains(table)) {
                againLater.add(table);
                return Optional.empty();
            }
            return Optional.of(anew(now.get(), obstacle.get()));
        }
        if (isStreaming(table)) {
            shapes.put(table, logged.recognize(current));
            unsettled |= due.remove(table) != null;
        }
        return Optional.empty();
    }

    /// Whether a table was altered while it was copied in a way that makes its copy begin anew, now that no range is being read.
    boolean mustBeginAnew(TableName table) {
        return againLater.remove(table);
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
                    published(table);
                    incomplete.remove(table);
                    listener.on(new RunEvent.TablePublished(table, rows, tally.position));
                }
                case Publication.Incomplete(long rows) -> {
                    listener.on(new RunEvent.CopyBegunAnew(table, incomplete(table, rows)));
                    again(table).ifPresent(crew::copy);
                }
            }
        }
    }

    /// Why a copy lacks rows.
    ///
    /// @throws Fault if rows come into the table's filter again and again while it is copied
    private String incomplete(TableName table, long rows) {
        Shape shape = shapes.get(table);
        if (shape == null || shape.filter().isEmpty()) {
            return "%d rows moved between parts that were read before and after a restart.".formatted(rows);
        }
        if (incomplete.merge(table, 1, Integer::sum) < INCOMPLETE_MAX) {
            return ENTERED;
        }
        throw new Fault(
                FaultKind.REPLICA_IDENTITY_MISSING,
                table.toString(),
                "While %s was copied, rows came into its row filter whose large values the log does not carry, %d copies in a row."
                        .formatted(table, INCOMPLETE_MAX),
                "Run `ALTER TABLE %s REPLICA IDENTITY FULL;`, after which the log carries them, and sync again.".formatted(table.quoted()));
    }

    private void published(TableName table) {
        TableMemory memory = destination.recall().tables().get(table);
        if (memory != null) {
            remembered.put(table, memory);
            shapes.put(table, memory.shape());
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
        shapes.remove(table);
        seen.remove(table);
        due.remove(table);
        gone.remove(table);
        known.remove(table);
        listener.on(new RunEvent.TableForgotten(table, reason));
    }

    private static Lsn lastRead(TableMemory memory) {
        return memory.finished().values().stream().map(FinishedRange::readAt).reduce(Lsn.ZERO, Lsn::max);
    }
}
