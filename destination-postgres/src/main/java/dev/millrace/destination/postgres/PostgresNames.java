package dev.millrace.destination.postgres;

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
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;

/// The names that one connection's tables and their columns have at the destination: given by the rules, and remembered with what bears them.
///
/// Belongs to the owner's thread.
final class PostgresNames {

    /// `NAMEDATALEN` less one, which nobody builds PostgreSQL otherwise than with.
    private static final int MAX_BYTES = 63;

    /// Stands before the names of tables that are copied out of sight.
    static final String SHADOW = "_millrace_copy_of_";
    private static final Set<String> OF_EVERY_TABLE = Set.of("tableoid", "ctid", "xmin", "xmax", "cmin", "cmax", "oid");

    private final PostgresMemory memory;
    private final GivenNames rules;
    private Optional<SortedMap<TableName, TargetNames>> given = Optional.empty();
    private Optional<List<Displaced>> displaced = Optional.empty();

    PostgresNames(PostgresMemory memory, Naming naming, SystemColumns system) {
        this.memory = memory;
        this.rules = rules(naming, memory.connection(), system);
    }

    /// What PostgreSQL can tell apart: every two names, up to their length.
    private record PostgresIdentifiers(SystemColumns system) implements Identifiers {

        @Override
        public String fold(String name) {
            return name;
        }

        @Override
        public boolean isOwnTable(String name) {
            return name.startsWith(SHADOW);
        }

        @Override
        public boolean isOwnColumn(String name) {
            return system.contains(name) || OF_EVERY_TABLE.contains(name);
        }

        @Override
        public int maxBytes() {
            return MAX_BYTES;
        }
    }

    /// The name, in the same schema, under which a table is copied out of sight.
    static String shadow(TargetNames names) {
        String plain = SHADOW + names.table().table();
        byte[] bytes = plain.getBytes(StandardCharsets.UTF_8);
        return bytes.length <= MAX_BYTES
                ? plain
                : SHADOW + HexFormat.of().toHexDigits(names.table().table().hashCode()) + "_" + HexFormat.of().formatHex(bytes, bytes.length - 16, bytes.length);
    }

    /// Refuses a prefix of which no schema can be made.
    static void checkPrefix(String prefix) {
        int room = MAX_BYTES / 2;
        if (prefix.startsWith("pg_") || prefix.equals("pg") || prefix.getBytes(StandardCharsets.UTF_8).length > room) {
            throw new Fault(
                    FaultKind.SETTINGS_INVALID,
                    "schema_prefix",
                    "The prefix `%s` makes no names of schemas: PostgreSQL keeps those that begin with `pg_` for itself, and has room for %d bytes in a name."
                            .formatted(prefix, MAX_BYTES),
                    "Choose another `schema_prefix`, of %d bytes at most.".formatted(room));
        }
    }

    /// Refuses to go on by other rules than those by which the names at the destination were given.
    void checkRules(TargetSession session) {
        memory.naming(session).filter(made -> made != rules.naming()).ifPresent(made -> {
            String place = session.place().name();
            throw new Fault(
                    FaultKind.DESTINATION_REFUSED,
                    place,
                    ("The copy in %s was made with `destination_schema_names: %s`, and its tables and columns keep their names; "
                                    + "the settings say %s, so nothing was written.")
                            .formatted(place, made, rules.naming()),
                    "Set `destination_schema_names: %s`, or copy under another `schema_prefix`.".formatted(made));
        });
    }

    /// The names of all tables that there ever were.
    SortedMap<TableName, TargetNames> given(TargetSession session) {
        SortedMap<TableName, TargetNames> known = given.orElseGet(() -> memory.names(session));
        given = Optional.of(known);
        return known;
    }

    /// Gives names to tables that have none.
    void place(TargetSession session, Collection<TableName> tables) {
        rules.place(given(session), tables).forEach((table, names) -> set(session, table, names));
    }

    /// The names of a table that is going to have a shape, all of them given and remembered.
    ///
    /// @param before what is known of the table
    TargetNames fit(TargetSession session, Optional<TableMemory> before, Shape shape) {
        place(session, List.of(shape.table()));
        TargetNames known = Optional.ofNullable(given(session).get(shape.table()))
                .orElseThrow(() -> new IllegalStateException("Invalid names: none of " + shape.table()));
        return fit(session, known, before.map(TableMemory::shape), shape);
    }

    /// The names of a table that is going to have a shape, all of them given and remembered.
    ///
    /// @param now its names
    TargetNames fit(TargetSession session, TargetNames now, Optional<Shape> before, Shape shape) {
        TargetNames fitted = rules.fit(now, before, shape);
        if (!fitted.equals(now)) {
            set(session, shape.table(), fitted);
        }
        return fitted;
    }

    private void set(TargetSession session, TableName table, TargetNames names) {
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

    /// What gives a connection's tables and columns their names.
    static GivenNames rules(Naming naming, String connection, SystemColumns system) {
        return new GivenNames(naming, connection, new PostgresIdentifiers(system));
    }

    /// What of a connection's memory is not called as the rules have it.
    static List<Displaced> displaced(GivenNames rules, Memory now) {
        List<Displaced> displaced = new ArrayList<>();
        now.tables().forEach((table, known) -> displaced.addAll(rules.displaced(table, known.names())));
        return List.copyOf(displaced);
    }

    /// Refuses a table whose place belongs to another connection, or to nobody that we know, since publishing would replace it.
    ///
    /// @param found what lies there
    void checkOurs(TargetSession session, TableName table, TargetTable found, SystemColumns system) {
        if (memory.isOthers(session, found.names().table()) || !found.isPlain() || found.type(system.synced()).isEmpty()) {
            throw new Fault(
                    FaultKind.DESTINATION_REFUSED,
                    table.toString(),
                    "A table %s that was not made for this connection is there already, so %s cannot be copied."
                            .formatted(found.sql(), table),
                    "Rename that table, or choose another schema prefix.");
        }
    }
}
