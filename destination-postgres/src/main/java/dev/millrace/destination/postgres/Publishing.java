package dev.millrace.destination.postgres;

import dev.millrace.core.destination.SyncMode;
import dev.millrace.core.destination.TableMemory;
import dev.millrace.core.destination.WidenedColumn;
import dev.millrace.core.merge.FittedTable;
import dev.millrace.core.merge.PendingChanges;
import dev.millrace.core.merge.SystemColumns;
import dev.millrace.core.shape.Column;
import dev.millrace.core.shape.Shape;
import dev.millrace.core.shape.TableName;
import dev.millrace.destination.postgres.type.TargetType;
import dev.millrace.destination.postgres.type.Widening;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Puts a finished copy in the place of what readers see, inside the caller's transaction.
final class Publishing {

    private final TargetSession session;
    private final PostgresMemory memory;
    private final SystemColumns system;
    private final PostgresTables tables;
    private final Merge merge;
    private final Instant now;

    Publishing(PostgresTables tables, SystemColumns system, Instant now) {
        this.session = tables.session();
        this.memory = tables.memory();
        this.system = system;
        this.tables = tables;
        this.merge = tables.merger();
        this.now = now;
    }

    /// Publishes a table.
    ///
    /// @param shadow the copy
    /// @return the table as readers see it now, and its latest shape
    FittedTable<TargetTable> run(TargetTable shadow, TableMemory table) {
        Shape shape = table.shape();
        TargetTable target = tables.reshaping().fit(takeUnfit(shadow, shape), shape, shape);
        FittedTable<TargetTable> caughtUp = new PendingChanges<>(tables)
                .foldInto(target, table, memory.pending(session, shape.table()), number -> memory.pendingChanges(session, number));
        return new FittedTable<>(replace(caughtUp.target(), caughtUp.shape()), caughtUp.shape());
    }

    /// Widens the columns in which the copy met values that the destination cannot hold, and puts their texts where they belong.
    private TargetTable takeUnfit(TargetTable shadow, Shape shape) {
        if (shadow.type(system.unfit()).isEmpty()) {
            return shadow;
        }
        List<String> columns = memory.unfitColumns(session, shape.table());
        for (int place = 0; place < shape.columns().size(); place++) {
            Column column = shape.columns().get(place);
            if (columns.contains(column.name())) {
                takeUnfit(shadow, shape, column, place);
            }
        }
        session.run("ALTER TABLE " + shadow.sql() + " DROP COLUMN " + system.quotedUnfit());
        TargetTable target = shadow.reread(session);
        if (!columns.isEmpty() && !shape.isKeyed()) {
            tables.reshaping().identify(target, shape);
        }
        return target;
    }

    private void takeUnfit(TargetTable shadow, Shape shape, Column column, int place) {
        TargetType type = shadow.typeOf(column);
        String infinite = type.base().equals("numeric") ? "Infinity" : "infinity";
        String text = "CASE WHEN strpos(" + system.quotedUnfit() + ", '" + CopyLoad.mark(place, false) + "') > 0 THEN '" + infinite + "' WHEN strpos("
                + system.quotedUnfit() + ", '" + CopyLoad.mark(place, true) + "') > 0 THEN '-" + infinite + "' END";
        long values = session.queryLong("SELECT count(*) FROM " + shadow.sql() + " WHERE " + text + " IS NOT NULL");
        memory.addWidened(session, new WidenedColumn(shape.table(), column.name(), values));
        session.run("ALTER TABLE " + shadow.sql() + " ALTER COLUMN " + shadow.quoted(column) + " TYPE text USING coalesce("
                + Widening.carry(shadow.quoted(column), type, TargetType.TEXT) + ", " + text + ")");
    }

    private TargetTable replace(TargetTable copy, Shape shape) {
        String name = copy.names().table().table();
        Optional<TargetTable> published = TargetTable.find(session, copy.names());
        SyncMode mode = system.modeOf(copy.columns().keySet());
        TargetTable target = copy;
        if (published.isPresent()) {
            TargetTable old = mode == SyncMode.LIVE
                    ? published.get()
                    : new Conversion(session, system, now).run(published.get(), shape, mode);
            target = takePlace(old, copy, mode, shape);
            if (target.table().equals(copy.table())) {
                new Privileges(session).carryOver(old, copy);
            }
            session.run("DROP TABLE " + (target.table().equals(old.table()) ? copy : old).sql());
        }
        if (!target.table().equals(name)) {
            session.run("ALTER TABLE " + target.sql() + " RENAME TO " + TableName.quote(name));
        }
        TargetTable settled = TargetTable.find(session, copy.names()).orElseThrow();
        new Indexes(session, system).settleNames(settled);
        return settled;
    }

    /// Brings the two tables, which are of one mode, together in one of them.
    private TargetTable takePlace(TargetTable old, TargetTable copy, SyncMode mode, Shape shape) {
        return switch (mode) {
            case LIVE -> copy;
            case SOFT_DELETE -> carryOver(old, copy, shape);
            case HISTORY -> shape.isKeyed() ? goOn(old, copy, shape) : carryOverVersions(old, copy, shape);
        };
    }

    /// Lets the published histories of keys go on with those of the copy.
    private TargetTable goOn(TargetTable old, TargetTable copy, Shape shape) {
        TargetTable target = join(copy, old, shape);
        new KeyedHistory(merge, target, shape).goOn(copy, Times.of(now));
        return target;
    }

    /// Takes the published versions over: open ones that an equal row of the copy stands for lend it their start, the others are closed.
    private TargetTable carryOverVersions(TargetTable old, TargetTable copy, Shape shape) {
        TargetTable target = join(old, copy, shape);
        new MultisetHistory(merge, target, shape).takeOver(old, Times.of(now));
        return target;
    }

    /// Takes the rows of the published table that the copy lacks over into it, as deleted rows.
    private TargetTable carryOver(TargetTable old, TargetTable copy, Shape shape) {
        TargetTable target = join(old, copy, shape);
        Indexes indexes = new Indexes(session, system);
        List<String> key = indexes.primaryKey(target);
        if (!key.isEmpty() && !key.equals(indexes.primaryKey(old))) {
            indexes.loosen(target, shape);
        }
        List<String> names = new ArrayList<>();
        List<String> values = new ArrayList<>();
        for (Map.Entry<String, TargetType> column : old.columns().entrySet()) {
            String quoted = TableName.quote(column.getKey());
            names.add(quoted);
            if (column.getKey().equals(system.deleted())) {
                values.add("true");
            } else if (column.getKey().equals(system.synced())) {
                values.add("CASE WHEN o." + system.quotedDeleted() + " THEN o." + quoted + " ELSE " + merge.synced() + " END");
            } else {
                values.add(Widening.carry("o." + quoted, column.getValue(), target.typeOf(column.getKey())));
            }
        }
        session.run("INSERT INTO " + target.sql() + " (" + String.join(", ", names) + ") SELECT " + String.join(", ", values) + " FROM "
                + (shape.isKeyed() ? missingKeys(old, target, shape) : missingRows(old, target)));
        return target;
    }

    private String missingKeys(TargetTable old, TargetTable target, Shape shape) {
        RowKey key = new RowKey(shape, target);
        List<String> conditions = new ArrayList<>();
        for (int place : shape.keyPlaces()) {
            Column column = shape.columns().get(place);
            String value = old.type(target.names().of(column))
                    .map(type -> Widening.carry("o." + target.quoted(column), type, target.typeOf(column)))
                    .orElse("NULL");
            conditions.add(key.matches(place, value));
        }
        return old.sql() + " o WHERE NOT EXISTS (SELECT 1 FROM " + target.sql() + " t WHERE " + String.join(" AND ", conditions) + ")";
    }

    /// Each new live row stands for one equal live old row; the live ones beyond those, and all deleted ones, are carried over.
    private String missingRows(TargetTable old, TargetTable target) {
        if (old.type(system.id()).isEmpty()) {
            return old.sql() + " o";
        }
        String id = system.quotedId();
        String deleted = system.quotedDeleted();
        return "(SELECT *, row_number() OVER (PARTITION BY " + id + " ORDER BY " + deleted + ") AS \"millrace place\" FROM " + old.sql() + ") o WHERE o."
                + deleted + " OR \"millrace place\" > (SELECT count(*) FROM " + target.sql() + " n WHERE n." + id + " = o." + id + " AND NOT n." + deleted + ")";
    }

    /// Adds the columns that only the one table has to the other, and widens those in which it is wider.
    private TargetTable join(TargetTable old, TargetTable copy, Shape shape) {
        boolean changed = false;
        for (Map.Entry<String, TargetType> column : old.columns().entrySet()) {
            TargetType found = copy.type(column.getKey()).orElse(null);
            if (found == null) {
                session.run("ALTER TABLE " + copy.sql() + " ADD COLUMN " + TableName.quote(column.getKey()) + " " + column.getValue().sql());
                changed = true;
                continue;
            }
            TargetType joined = Widening.join(found, column.getValue());
            if (!joined.equals(found)) {
                tables.reshaping().widen(copy, column.getKey(), found, joined);
                changed = true;
            }
        }
        if (!changed) {
            return copy;
        }
        TargetTable target = copy.reread(session);
        if (!shape.isKeyed()) {
            tables.reshaping().identify(target, shape);
        }
        return target;
    }
}
