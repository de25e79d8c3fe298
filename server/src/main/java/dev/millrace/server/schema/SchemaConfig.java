package dev.millrace.server.schema;

import dev.millrace.core.destination.CopyReader;
import dev.millrace.core.destination.Memory;
import dev.millrace.core.destination.ReadableDestination;
import dev.millrace.core.fault.Fault;
import dev.millrace.core.shape.TableName;
import dev.millrace.server.Fields;
import dev.millrace.server.Refusal;
import dev.millrace.server.audit.AuditLog;
import dev.millrace.server.connection.ConnectionRecord;
import dev.millrace.server.connection.Connections;
import dev.millrace.server.connection.RunOrders;
import dev.millrace.server.member.Actor;
import dev.millrace.server.run.Conductor;
import dev.millrace.server.run.RunLog;
import dev.millrace.server.state.Json;
import dev.millrace.server.state.State;
import dev.millrace.worker.Wiring;
import dev.millrace.worker.settings.TableSelection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// Which schemas, tables and columns of each connection are copied, as the API speaks of it. A run that goes on is stopped at a safe point when that changes, and
/// goes on by what is new.
public final class SchemaConfig {

    private static final Logger LOG = LoggerFactory.getLogger(SchemaConfig.class);

    /// What becomes of the choice when the source is read again.
    public enum ExcludeMode {
        /// It stays.
        PRESERVE,
        /// None of the tables that are there is copied.
        EXCLUDE,
        /// All of them are.
        INCLUDE
    }

    private final SourceTables tables;
    private final SourceReader source;
    private final RunOrders orders;
    private final Connections connections;
    private final Conductor conductor;
    private final RunLog log;
    private final AuditLog audit;
    private final Set<String> outdated = ConcurrentHashMap.newKeySet();

    /// Of all connections.
    ///
    /// @param orders know how sources are reached
    /// @param conductor stops runs, and has them go on
    /// @param log hears of changes, as does `audit`
    public SchemaConfig(State state, RunOrders orders, Connections connections, Conductor conductor, RunLog log, AuditLog audit) {
        this.tables = new SourceTables(state, connections.clock());
        this.source = new SourceReader(orders);
        this.orders = orders;
        this.connections = connections;
        this.conductor = conductor;
        this.log = log;
        this.audit = audit;
        log.listen(this::hear);
    }

    /// A table that begins to be copied may be one that was not there when the source was read.
    private void hear(RunLog.Event event) {
        if (event.name().equals("write_to_table_start") && outdated.add(event.connectionId())) {
            tables.outdate(event.connectionId());
        }
    }

    /// All of it; the source is asked if it never was.
    ///
    /// @throws Fault if it has to be asked and does not answer
    public ObjectNode show(ConnectionRecord connection) {
        return view(connection, Optional.of(reading(connection)), SchemaView::all);
    }

    /// All of it with every column of every table, each with its type; the source is asked if it never was.
    ///
    /// @throws Fault if it has to be asked and does not answer
    public ObjectNode whole(ConnectionRecord connection) {
        return view(connection, Optional.of(reading(connection)), SchemaView::whole);
    }

    /// Every column of one table, as the source has it now.
    ///
    /// @throws Fault if the source does not answer
    public ObjectNode columns(ConnectionRecord connection, String schema, String table) {
        SourceTable known = reading(connection).require(schema, table);
        SourceTable now = source.read(connection, known.name()).orElseThrow(() -> Refusal.missing(
                "Table",
                "Table '%s' cannot be copied. %s".formatted(known.name(), known.obstacle().map(SourceTable.Obstacle::text).orElse("It is not there any more."))));
        return view(connection, Optional.of(SourceReading.of(connections.clock().instant(), List.of(now))), view -> view.columns(now));
    }

    /// What the source had when it was last read. It is asked if it never was, and if tables came to the copy since.
    ///
    /// @throws Fault if it has to be asked and does not answer
    public SourceReading reading(ConnectionRecord connection) {
        Optional<SourceReading> last = tables.find(connection.id());
        if (last.isPresent() && !last.get().isOutdated()) {
            return last.get();
        }
        try {
            return ask(connection);
        } catch (Fault fault) {
            return last.orElseThrow(() -> fault);
        }
    }

    private SourceReading ask(ConnectionRecord connection) {
        outdated.remove(connection.id());
        return tables.write(connection.id(), source.read(connection));
    }

    /// What the source is known to have; empty if that is not known.
    public Optional<SourceReading> known(ConnectionRecord connection) {
        return tables.find(connection.id()).filter(reading -> !reading.isOutdated());
    }

    /// Asks the source again.
    ///
    /// @throws Fault if it does not answer
    public ObjectNode reload(ConnectionRecord connection, ExcludeMode mode, Actor actor) {
        SourceReading now = ask(connection);
        if (mode == ExcludeMode.PRESERVE) {
            return view(connection, Optional.of(now), SchemaView::all);
        }
        return change(connection, Optional.of(now), actor, draft -> draft.every(mode == ExcludeMode.INCLUDE, now));
    }

    /// Changes everything that the body names.
    public ObjectNode change(ConnectionRecord connection, Fields body, Actor actor) {
        return change(connection, Optional.of(reading(connection)), actor, draft -> draft.all(body));
    }

    /// Chooses before the source was ever read: names are not checked, and what is not there later is of no effect.
    public ObjectNode choose(ConnectionRecord connection, Fields body, Actor actor) {
        return change(connection, Optional.empty(), actor, draft -> draft.all(body));
    }

    /// Changes one schema.
    public ObjectNode changeSchema(ConnectionRecord connection, String schema, Fields body, Actor actor) {
        return change(connection, Optional.of(reading(connection)), actor, draft -> draft.schema(schema, body));
    }

    /// Changes one table.
    public ObjectNode changeTable(ConnectionRecord connection, TableName table, Fields body, Actor actor) {
        return change(connection, Optional.of(reading(connection)), actor, draft -> draft.table(table.schema(), table.table(), body));
    }

    /// Changes one column.
    public ObjectNode changeColumn(ConnectionRecord connection, TableName table, String column, Fields body, Actor actor) {
        return change(connection, Optional.of(reading(connection)), actor, draft -> draft.column(table.schema(), table.table(), column, body));
    }

    private ObjectNode change(ConnectionRecord connection, Optional<SourceReading> checked, Actor actor, Consumer<ChoiceDraft> how) {
        ConnectionRecord wanted = connection.withChoice(drafted(connection, checked, how));
        orders.settings(wanted);
        ConnectionRecord changed = wanted.choice().equals(connection.choice()) ? connection : carryOut(connection, checked, actor, how);
        return view(changed, checked.or(() -> tables.find(connection.id())), SchemaView::all);
    }

    /// The choice is written first: a run that is stopped begins again at once, and has to find it.
    private ConnectionRecord carryOut(ConnectionRecord connection, Optional<SourceReading> checked, Actor actor, Consumer<ChoiceDraft> how) {
        String id = connection.id();
        ConnectionRecord changed = connections.change(id, now -> now.withChoice(drafted(now, checked, how)))
                .orElseThrow(() -> Refusal.notFound("Connection", id));
        try {
            conductor.requireStop(id);
        } catch (Refusal refusal) {
            connections.change(id, now -> now.withChoice(connection.choice()));
            throw refusal;
        }
        audit.add(actor, "edit", "schema_config", id, difference(connection.choice(), changed.choice()));
        log.add(id, Optional.empty(), RunLog.Level.INFO, "change_schema_config", Json.object().put("actor", actor.name()));
        conductor.settle(changed);
        return changed;
    }

    private static ObjectNode drafted(ConnectionRecord connection, Optional<SourceReading> checked, Consumer<ChoiceDraft> how) {
        ObjectNode choice = connection.choice().deepCopy();
        how.accept(new ChoiceDraft(choice, checked));
        return choice;
    }

    /// What is there now and was not before, as far as names go; how rows are filtered may tell what is in them.
    private static ObjectNode difference(ObjectNode before, ObjectNode now) {
        ObjectNode told = Json.object();
        now.properties().forEach(field -> {
            JsonNode earlier = before.get(field.getKey());
            if (field.getValue().equals(earlier)) {
                return;
            }
            if (field.getKey().equals("row_filter")) {
                told.put("row_filter", "changed");
            } else if (field.getValue() instanceof ObjectNode block) {
                told.set(field.getKey(), difference(earlier instanceof ObjectNode there ? there : Json.object(), block));
            } else {
                told.set(field.getKey(), field.getValue());
            }
        });
        return told;
    }

    /// Removes columns that are not copied any more from the destination.
    ///
    /// @param body names them, as the API has it
    /// @throws Refusal if any of them is copied; then none is removed
    public void dropColumns(ConnectionRecord connection, Fields body, Actor actor) {
        SortedMap<TableName, List<String>> columns = new TreeMap<>();
        Fields schemas = body.object("schemas").orElseThrow(() -> Refusal.invalid("`schemas` is missing."));
        for (String schema : schemas.node().propertyNames()) {
            Fields named = schemas.object(schema).flatMap(one -> one.object("tables")).orElseThrow(() -> schemas.wrong(schema, "an object with `tables`"));
            for (String table : named.node().propertyNames()) {
                Fields fields = named.object(table).orElseThrow(() -> named.wrong(table, "an object with `columns`"));
                columns.put(reading(connection).require(schema, table).name(), names(fields));
            }
        }
        if (columns.isEmpty()) {
            throw Refusal.invalid("The body names no column.");
        }
        drop(connection, columns, actor);
    }

    private static List<String> names(Fields table) {
        if (!(table.node().path("columns") instanceof ArrayNode columns) || columns.isEmpty() || !columns.valueStream().allMatch(JsonNode::isString)) {
            throw table.wrong("columns", "a list of names of columns, with one at least");
        }
        return Json.texts(columns);
    }

    /// The same for one column.
    public void dropColumn(ConnectionRecord connection, TableName table, String column, Actor actor) {
        SortedMap<TableName, List<String>> columns = new TreeMap<>();
        columns.put(reading(connection).require(table.schema(), table.table()).name(), List.of(column));
        drop(connection, columns, actor);
    }

    /// No run may begin meanwhile, here or at another server: the connection is paused for that long.
    private void drop(ConnectionRecord connection, SortedMap<TableName, List<String>> columns, Actor actor) {
        columns.forEach((table, names) -> names.forEach(name -> requireLeftOut(connection, table, name)));
        String id = connection.id();
        connections.change(id, now -> now.withPaused(true));
        try {
            conductor.requireStop(id);
            drop(connection, columns);
        } finally {
            connections.change(id, now -> now.withPaused(connection.paused())).ifPresent(conductor::settle);
        }
        audit.add(actor, "drop_columns", "schema_config", id, (ObjectNode) Json.tree(Map.of("columns", columns.toString())));
    }

    private void drop(ConnectionRecord connection, SortedMap<TableName, List<String>> columns) {
        try (Wiring wiring = orders.wiring(connection)) {
            if (wiring.place().isThere()) {
                try (ReadableDestination destination = wiring.place().open(wiring.clock())) {
                    columns.forEach((table, names) -> names.forEach(name -> destination.dropColumn(table, name)));
                }
            }
        }
    }

    private void requireLeftOut(ConnectionRecord connection, TableName table, String column) {
        TableSelection selection = orders.settings(connection).selection();
        if (!selection.named(table).contains(column)) {
            SourceReading.require(reading(connection).require(table.schema(), table.table()), column);
        }
        if (selection.includes(table, column)) {
            throw Refusal.conflict("Column '%s' of %s is copied, so it stays at the destination. Set its `enabled` to false first.".formatted(column, table));
        }
    }

    private ObjectNode view(ConnectionRecord connection, Optional<SourceReading> reading, Function<SchemaView, ObjectNode> part) {
        try (Wiring wiring = orders.wiring(connection)) {
            return part.apply(new SchemaView(wiring.settings(), connection.choice(), remembered(wiring), reading, wiring.place().names()));
        }
    }

    /// A destination that is not there yet, or that somebody else holds, knows no names; the rules do.
    private static Memory remembered(Wiring wiring) {
        try (CopyReader reader = wiring.place().reader().orElse(null)) {
            return reader == null ? Memory.empty() : reader.recall();
        } catch (Fault fault) {
            LOG.warn("destination={} read=failed reason={}", wiring.place().subject(), fault.kind());
            return Memory.empty();
        }
    }
}
