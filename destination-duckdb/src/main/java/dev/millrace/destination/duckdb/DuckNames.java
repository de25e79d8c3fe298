package dev.millrace.destination.duckdb;

import dev.millrace.core.destination.Memory;
import dev.millrace.core.destination.TableMemory;
import dev.millrace.core.fault.Fault;
import dev.millrace.core.fault.FaultKind;
import dev.millrace.core.merge.SystemColumns;
import dev.millrace.core.naming.Displaced;
import dev.millrace.core.naming.GivenNames;
import dev.millrace.core.naming.Identifiers;
import dev.millrace.core.naming.Naming;
import dev.millrace.core.naming.TargetNames;
import dev.millrace.core.shape.Shape;
import dev.millrace.core.shape.TableName;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/// The names that one connection's tables and their columns have in a file: given by the rules, and remembered with what bears them.
///
/// Belongs to the owner's thread.
final class DuckNames {

    /// What stands before the name of a table that is copied out of sight.
    static final String SHADOW = "_millrace_copy_of_";
    private static final String CONVERSION = "_millrace_conversion_of_";

    private final DuckMemory memory;
    private final SystemColumns system;
    private final GivenNames rules;
    private Optional<SortedMap<TableName, TargetNames>> given = Optional.empty();
    private Optional<List<Displaced>> displaced = Optional.empty();

    DuckNames(DuckMemory memory, Naming naming, SystemColumns system) {
        this.memory = memory;
        this.system = system;
        this.rules = rules(naming, memory.connection(), system);
    }

    /// What DuckDB can tell apart: it takes capitals and small letters of ASCII, and no others, for the same.
    private record DuckIdentifiers(SystemColumns system) implements Identifiers {

        @Override
        public String fold(String name) {
            return DuckNames.fold(name);
        }

        @Override
        public boolean isOwnTable(String name) {
            String small = name.toLowerCase(Locale.ROOT);
            return small.startsWith(SHADOW) || small.startsWith(CONVERSION);
        }

        @Override
        public boolean isOwnColumn(String name) {
            return system.contains(name) || name.toLowerCase(Locale.ROOT).startsWith(RowQuery.OWN);
        }
    }

    /// The name with the capitals of ASCII made small: the same for names that DuckDB takes for one.
    static String fold(String name) {
        StringBuilder folded = new StringBuilder(name);
        for (int i = 0; i < folded.length(); i++) {
            char letter = folded.charAt(i);
            if (letter >= 'A' && letter <= 'Z') {
                folded.setCharAt(i, (char) (letter + 'a' - 'A'));
            }
        }
        return folded.toString();
    }

    /// The name, in the same schema, under which a table is copied out of sight.
    static String shadow(TargetNames names) {
        return SHADOW + names.table().table();
    }

    /// The name, in the same schema, under which a table is written anew in another mode.
    static String conversion(TargetTable table) {
        return CONVERSION + table.table();
    }

    /// Refuses to go on by other rules than those by which the names in the file were given.
    ///
    /// @param file what the file is called in a fault
    void checkRules(DuckSession session, String file) {
        memory.naming(session).filter(made -> made != rules.naming()).ifPresent(made -> {
            throw new Fault(
                    FaultKind.DESTINATION_REFUSED,
                    file,
                    ("The copy in %s was made with `destination_schema_names: %s`, and its tables and columns keep their names; "
                                    + "the settings say %s, so nothing was written.")
                            .formatted(file, made, rules.naming()),
                    "Set `destination_schema_names: %s`, or copy into a new file or under another `schema_prefix`.".formatted(made));
        });
    }

    /// The names of all tables that there ever were.
    SortedMap<TableName, TargetNames> given(DuckSession session) {
        SortedMap<TableName, TargetNames> known = given.orElseGet(() -> memory.names(session));
        given = Optional.of(known);
        return known;
    }

    /// Gives names to tables that have none.
    void place(DuckSession session, Collection<TableName> tables) {
        rules.place(given(session), tables).forEach((table, names) -> set(session, table, names));
    }

    /// The names of a table that is going to have a shape, all of them given and remembered.
    ///
    /// @param before what is known of the table
    TargetNames fit(DuckSession session, Optional<TableMemory> before, Shape shape) {
        place(session, List.of(shape.table()));
        TargetNames known = Optional.ofNullable(given(session).get(shape.table()))
                .orElseThrow(() -> new IllegalStateException("Invalid names: none of " + shape.table()));
        return fit(session, known, before.map(TableMemory::shape), shape);
    }

    /// The names of a table that is going to have a shape, all of them given and remembered.
    ///
    /// @param now its names
    TargetNames fit(DuckSession session, TargetNames now, Optional<Shape> before, Shape shape) {
        TargetNames fitted = rules.fit(now, before, shape);
        if (!fitted.equals(now)) {
            set(session, shape.table(), fitted);
        }
        return fitted;
    }

    private void set(DuckSession session, TableName table, TargetNames names) {
        given(session).put(table, names);
        memory.setNames(session, table, rules.naming(), names);
        displaced = Optional.empty();
    }

    /// Forgets what was worked out from a memory that does not hold any more.
    void forgetCaches() {
        given = Optional.empty();
        displaced = Optional.empty();
    }

    /// Forgets what is not called as the rules have it; a table may have come or gone.
    void forgetDisplaced() {
        displaced = Optional.empty();
    }

    /// What is not called as the rules have it.
    List<Displaced> displaced(Memory now) {
        List<Displaced> known = displaced.orElseGet(() -> displaced(rules, now));
        displaced = Optional.of(known);
        return known;
    }

    /// What a reader of a connection's memory finds that is not called as the rules have it.
    static List<Displaced> displaced(Naming naming, String connection, SystemColumns system, Memory now) {
        return displaced(rules(naming, connection, system), now);
    }

    /// What gives a connection's tables and columns their names in a file.
    static GivenNames rules(Naming naming, String connection, SystemColumns system) {
        return new GivenNames(naming, connection, new DuckIdentifiers(system));
    }

    private static List<Displaced> displaced(GivenNames rules, Memory now) {
        List<Displaced> displaced = new ArrayList<>();
        now.tables().forEach((table, known) -> displaced.addAll(rules.displaced(table, known.names())));
        return List.copyOf(displaced);
    }

    /// Refuses a table whose place belongs to another connection, or to nobody that we know, since publishing would replace it.
    ///
    /// @param found what lies there
    void checkOurs(DuckSession session, TableName table, TargetTable found) {
        if (memory.isOthers(session, found.names().table()) || found.type(system.synced()).isEmpty()) {
            throw new Fault(
                    FaultKind.DESTINATION_REFUSED,
                    table.toString(),
                    "A table %s that was not made for this connection is there already, so %s cannot be copied."
                            .formatted(found.sql(), table),
                    "Rename that table, or choose another schema prefix.");
        }
    }

    /// Remembers the names of tables that were made before names were remembered: what is there is called as at the source.
    void takeOver(DuckSession session) {
        memory.recall(session, given(session)).tables().forEach((table, known) -> {
            if (!given(session).containsKey(table)) {
                TargetNames names = asTheyAre(session, known);
                given(session).put(table, names);
                memory.setNames(session, table, Naming.SOURCE_NAMING, names);
            }
        });
    }

    /// The columns of the shapes, and those that are there beside them, since they are gone at the source.
    private TargetNames asTheyAre(DuckSession session, TableMemory known) {
        List<String> all = new ArrayList<>();
        known.shape().columns().forEach(column -> all.add(column.name()));
        known.plan().ifPresent(plan -> plan.shape().columns().forEach(column -> all.add(column.name())));
        TargetTable.find(session, known.names()).ifPresent(table -> all.addAll(table.columns().keySet()));
        SortedMap<String, String> columns = new TreeMap<>();
        Set<String> folded = new HashSet<>();
        for (String column : all) {
            if (!system.contains(column) && folded.add(fold(column))) {
                columns.put(column, column);
            }
        }
        return new TargetNames(known.names().table(), columns);
    }
}
