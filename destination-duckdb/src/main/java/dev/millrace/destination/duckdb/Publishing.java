package dev.millrace.destination.duckdb;

import dev.millrace.core.destination.SyncMode;
import dev.millrace.core.destination.TableMemory;
import dev.millrace.core.destination.WidenedColumn;
import dev.millrace.core.fold.MultisetHistoryFold;
import dev.millrace.core.merge.ChangedTables;
import dev.millrace.core.merge.FittedTable;
import dev.millrace.core.merge.PendingChanges;
import dev.millrace.core.merge.SystemColumns;
import dev.millrace.core.shape.Column;
import dev.millrace.core.shape.Shape;
import dev.millrace.core.shape.SourceType;
import dev.millrace.core.shape.TableName;
import dev.millrace.destination.duckdb.type.DuckType;
import dev.millrace.destination.duckdb.type.Widening;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Puts a finished copy in the place of what readers see, inside the caller's transaction.
final class Publishing {

    private final DuckSession session;
    private final DuckMemory memory;
    private final SystemColumns system;
    private final Reshaping reshaping;
    private final ChangedTables<TargetTable> tables;
    private final Merge merge;
    private final Conversion conversion;
    private final Instant now;

    Publishing(DuckSession session, DuckMemory memory, SystemColumns system, Reshaping reshaping, ChangedTables<TargetTable> tables, Merge merge, Instant now) {
        this.session = session;
        this.memory = memory;
        this.system = system;
        this.reshaping = reshaping;
        this.tables = tables;
        this.merge = merge;
        this.conversion = new Conversion(session, system, now);
        this.now = now;
    }

    /// Publishes a table.
    ///
    /// @param shadow the copy
    /// @return the table as readers see it now, and its latest shape
    FittedTable<TargetTable> run(TargetTable shadow, TableMemory table) {
        Shape shape = table.shape();
        TargetTable target = reshaping.fit(takeUnfit(shadow, shape), shape, shape);
        FittedTable<TargetTable> caughtUp = new PendingChanges<>(tables)
                .foldInto(target, table, memory.pending(session, shape.table()), number -> memory.pendingChanges(session, number));
        return new FittedTable<>(replace(caughtUp.target(), caughtUp.shape()), caughtUp.shape());
    }

    /// Widens the columns in which the copy met values that did not fit, and puts their texts where they belong.
    private TargetTable takeUnfit(TargetTable shadow, Shape shape) {
        if (shadow.type(system.unfit()).isEmpty()) {
            return shadow;
        }
        List<String> columns = memory.unfitColumns(session, shape.table());
        if (!columns.isEmpty()) {
            session.rows().takeAll(session, shadow);
        }
        for (String column : columns) {
            String here = shadow.names().of(column);
            String name = TableName.quote(here);
            String text = "json_extract_string(%s, '%s')".formatted(system.quotedUnfit(), jsonPointer(column));
            long values = session.queryLong("SELECT count(*) FROM %s WHERE %s IS NOT NULL".formatted(shadow.sql(), text));
            memory.addWidened(session, new WidenedColumn(shape.table(), column, values));
            session.run("ALTER TABLE %s ALTER COLUMN %s TYPE VARCHAR USING coalesce(%s, %s)"
                    .formatted(
                            shadow.sql(),
                            name,
                            Widening.carry(name, shape.column(column).map(Column::type), shadow.typeOf(here), DuckType.Plain.VARCHAR),
                            text));
        }
        session.run("ALTER TABLE %s DROP COLUMN %s".formatted(shadow.sql(), system.quotedUnfit()));
        TargetTable target = shadow.reread(session);
        if (!columns.isEmpty() && !shape.isKeyed()) {
            reshaping.identify(target, shape);
        }
        return target;
    }

    /// Where the column's text is: by a pointer, since a path would take some names for patterns.
    private static String jsonPointer(String column) {
        return "/" + column.replace("~", "~0").replace("/", "~1").replace("'", "''");
    }

    private TargetTable replace(TargetTable copy, Shape shape) {
        String name = copy.names().table().table();
        Optional<TargetTable> published = TargetTable.find(session, copy.names());
        SyncMode mode = system.modeOf(copy.columns().keySet());
        TargetTable target = copy;
        if (published.isPresent()) {
            TargetTable old = mode == SyncMode.LIVE ? published.get() : conversion.run(published.get(), shape, mode);
            target = takePlace(old, copy, mode, shape);
            TargetTable other = target.table().equals(old.table()) ? copy : old;
            session.run("DROP TABLE " + other.sql());
            session.rows().dropped(session, other);
        }
        if (!target.table().equals(name)) {
            session.run("ALTER TABLE %s RENAME TO %s".formatted(target.sql(), TableName.quote(name)));
            session.rows().renamed(session, target, name);
        }
        return TargetTable.find(session, copy.names()).orElseThrow();
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
        session.rows().takeAll(session, copy);
        session.rows().takeAll(session, target);
        new KeyedHistory(session, system, merge.synced(), target, shape).goOn(copy, Merge.time(now));
        return target;
    }

    /// Takes the published versions over: open ones that an equal row of the copy stands for lend it their start, the others are closed.
    private TargetTable carryOverVersions(TargetTable old, TargetTable copy, Shape shape) {
        TargetTable target = join(old, copy, shape);
        session.rows().takeAll(session, old);
        session.rows().takeAll(session, target);
        new MultisetHistory(session, system, merge.synced(), target, new MultisetHistoryFold(shape)).takeOver(old, Merge.time(now));
        return target;
    }

    /// Takes the rows of the published table that the copy lacks over into it, as deleted rows.
    private TargetTable carryOver(TargetTable old, TargetTable copy, Shape shape) {
        TargetTable target = join(old, copy, shape);
        List<String> names = new ArrayList<>();
        List<String> values = new ArrayList<>();
        for (Map.Entry<String, DuckType> column : old.columns().entrySet()) {
            String quoted = TableName.quote(column.getKey());
            names.add(quoted);
            if (column.getKey().equalsIgnoreCase(system.deleted())) {
                values.add("true");
            } else if (column.getKey().equalsIgnoreCase(system.synced())) {
                values.add("CASE WHEN o.%s THEN o.%s ELSE %s END".formatted(system.quotedDeleted(), quoted, merge.synced()));
            } else {
                values.add(carried("o." + quoted, column.getValue(), target.typeOf(column.getKey())));
            }
        }
        String insert = "INSERT INTO %s (%s) SELECT %s FROM ".formatted(
                target.sql(), String.join(", ", names), String.join(", ", values));
        session.run(insert + (shape.isKeyed() ? missingKeys(old, target, shape) : missingRows(old, target)));
        return target;
    }

    private String missingKeys(TargetTable old, TargetTable target, Shape shape) {
        List<String> conditions = new ArrayList<>();
        for (int place : shape.keyPlaces()) {
            Column column = shape.columns().get(place);
            String quoted = target.quoted(column);
            String value = old.type(target.names().of(column))
                    .map(type -> carried("o." + quoted, type, target.typeOf(target.names().of(column))))
                    .orElse("NULL");
            conditions.add("n.%s = %s".formatted(quoted, value));
        }
        return "%s AS o WHERE NOT EXISTS (SELECT 1 FROM %s AS n WHERE %s)"
                .formatted(session.rows().all(session, old), session.rows().all(session, target), String.join(" AND ", conditions));
    }

    /// Each new live row stands for one equal live old row; the live ones beyond those, and all deleted ones, are carried over.
    private String missingRows(TargetTable old, TargetTable target) {
        if (old.type(system.id()).isEmpty()) {
            return session.rows().all(session, old) + " AS o";
        }
        return """
                (SELECT *, row_number() OVER (PARTITION BY %1$s ORDER BY %2$s) AS "millrace place" FROM %3$s) AS o
                WHERE o.%2$s OR "millrace place" > coalesce((SELECT count(*) FROM %4$s AS n WHERE n.%1$s = o.%1$s AND NOT n.%2$s), 0)"""
                .formatted(
                        system.quotedId(),
                        system.quotedDeleted(),
                        session.rows().all(session, old),
                        session.rows().all(session, target));
    }

    /// Adds the columns that only the published table has, and widens those in which it is wider.
    private TargetTable join(TargetTable old, TargetTable copy, Shape shape) {
        boolean changed = false;
        for (Map.Entry<String, DuckType> column : old.columns().entrySet()) {
            DuckType found = copy.type(column.getKey()).orElse(null);
            if (found == null) {
                session.run("ALTER TABLE %s ADD COLUMN %s %s"
                        .formatted(copy.sql(), TableName.quote(column.getKey()), column.getValue().sql()));
                changed = true;
                continue;
            }
            DuckType joined = Widening.join(found, column.getValue());
            if (!joined.equals(found)) {
                reshaping.widen(copy, column.getKey(), sourceType(copy, shape, column.getKey()), found, joined);
                changed = true;
            }
        }
        if (!changed) {
            return copy;
        }
        TargetTable target = copy.reread(session);
        if (!shape.isKeyed()) {
            reshaping.identify(target, shape);
        }
        return target;
    }

    private static Optional<SourceType> sourceType(TargetTable copy, Shape shape, String name) {
        return shape.columns().stream()
                .filter(column -> copy.names().of(column).equals(name))
                .map(Column::type)
                .findFirst();
    }

    private static String carried(String value, DuckType from, DuckType to) {
        return from.equals(to) ? value : Widening.carry(value, from, to);
    }
}
