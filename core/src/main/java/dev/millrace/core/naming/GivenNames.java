package dev.millrace.core.naming;

import dev.millrace.core.shape.Column;
import dev.millrace.core.shape.Shape;
import dev.millrace.core.shape.TableName;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;

/// Gives the tables and columns of one connection their names at a destination.
///
/// What has been given is never taken back: not when its table or column is renamed, dropped or made again, so that a name always means
/// the same thing of the source. Who comes later and would have a name that is taken gets it with a number behind: `orders_2`. Of those
/// that come together, those that are called so at the source have a name before the others, then the order of names at the source decides;
/// and everybody whose name is free has it before anybody gets a number. A name that the destination needs for itself gets an underscore
/// before it. A name that is too long for the destination is cut at its end.
///
/// @param naming the rules
/// @param schemaPrefix stands before the names of schemas, with an underscore
/// @param identifiers what the destination can tell apart
public record GivenNames(Naming naming, String schemaPrefix, Identifiers identifiers) {

    /// The names of tables that have none yet; their columns come later.
    ///
    /// @param given the names that were given before, to whomever
    /// @param tables at the source; those that have names are passed over
    public SortedMap<TableName, TargetNames> place(Map<TableName, TargetNames> given, Collection<TableName> tables) {
        SortedMap<String, SortedSet<String>> coming = new TreeMap<>();
        tables.stream().filter(table -> !given.containsKey(table)).forEach(table -> coming.computeIfAbsent(
                        table.schema(), _ -> new TreeSet<>())
                .add(table.table()));
        Map<String, String> schemas = new TreeMap<>();
        given.forEach((table, names) -> schemas.put(table.schema(), names.table().schema().substring(prefixed("").length())));
        int room = identifiers.maxBytes() - bytes(prefixed(""));
        give(schemas, folded(schemas.values()), coming.keySet(), naming::schema, _ -> false, room);
        SortedMap<TableName, TargetNames> placed = new TreeMap<>();
        coming.forEach((schema, names) -> {
            String target = prefixed(schemas.getOrDefault(schema, schema));
            Set<String> taken = taken(given.values(), target);
            taken.addAll(taken(placed.values(), target));
            Map<String, String> here = new TreeMap<>();
            give(here, taken, names, naming::table, identifiers::isOwnTable, identifiers.maxBytes());
            here.forEach((table, name) -> placed.put(new TableName(schema, table), new TargetNames(new TableName(target, name))));
        });
        return placed;
    }

    /// The names of a table whose columns are those of a shape.
    ///
    /// A column that has another name at the source now and would have the same here keeps it: its letters may change, not its place.
    ///
    /// @param given the table's names so far
    /// @param before the shape that it had
    public TargetNames fit(TargetNames given, Optional<Shape> before, Shape shape) {
        SortedMap<String, String> columns = new TreeMap<>(given.columns());
        before.ifPresent(earlier -> inherit(columns, earlier, shape));
        SortedSet<String> coming = new TreeSet<>(shape.columns().stream().map(Column::name).toList());
        give(columns, folded(columns.values()), coming, naming::column, identifiers::isOwnColumn, identifiers.maxBytes());
        return columns.equals(given.columns()) ? given : new TargetNames(given.table(), columns);
    }

    private void inherit(SortedMap<String, String> columns, Shape before, Shape shape) {
        for (Column column : shape.columns()) {
            before.column(column.number())
                    .map(Column::name)
                    .filter(earlier -> !columns.containsKey(column.name()) && shape.column(earlier).isEmpty())
                    .filter(earlier -> isSame(naming.column(earlier), naming.column(column.name())))
                    .ifPresent(earlier -> {
                        String name = columns.remove(earlier);
                        String wanted = cut(naming.column(column.name()), "", identifiers.maxBytes());
                        if (name != null) {
                            columns.put(column.name(), isSame(name, wanted) ? wanted : name);
                        }
                    });
        }
    }

    /// What of a table is not called as the rules have it.
    public List<Displaced> displaced(TableName table, TargetNames names) {
        List<Displaced> displaced = new ArrayList<>();
        String schema = names.table().schema();
        if (!schema.equals(prefixed(naming.schema(table.schema()))) || !names.table().table().equals(naming.table(table.table()))) {
            displaced.add(new Displaced(table, Optional.empty(), names.table().toString()));
        }
        names.columns().forEach((column, name) -> {
            if (!name.equals(naming.column(column))) {
                displaced.add(new Displaced(table, Optional.of(column), name));
            }
        });
        return displaced;
    }

    private String prefixed(String schema) {
        return schemaPrefix + "_" + schema;
    }

    private static String outOf(String name, Predicate<String> own) {
        String free = name;
        while (own.test(free)) {
            free = "_" + free;
        }
        return free;
    }

    /// The name with an ending, the name cut behind a character if both together are too long.
    private static String cut(String name, String ending, int room) {
        int left = room - bytes(ending);
        int end = name.length();
        while (end > 0 && bytes(name.substring(0, end)) > left) {
            end = name.offsetByCodePoints(end, -1);
        }
        return name.substring(0, end) + ending;
    }

    private static int bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8).length;
    }

    private boolean isSame(String one, String other) {
        return identifiers.fold(one).equals(identifiers.fold(other));
    }

    private Set<String> folded(Collection<String> names) {
        Set<String> folded = new HashSet<>();
        names.forEach(name -> folded.add(identifiers.fold(name)));
        return folded;
    }

    private Set<String> taken(Collection<TargetNames> given, String schema) {
        return folded(given.stream()
                .map(TargetNames::table)
                .filter(table -> isSame(table.schema(), schema))
                .map(TableName::table)
                .toList());
    }

    /// Adds names of the coming to those given.
    private void give(
            Map<String, String> given,
            Set<String> taken,
            Collection<String> coming,
            UnaryOperator<String> rule,
            Predicate<String> own,
            int room) {
        List<String> late = new ArrayList<>();
        coming.stream()
                .filter(source -> !given.containsKey(source))
                .sorted(Comparator.comparing((String source) -> !rule.apply(source).equals(source))
                        .thenComparing(Comparator.naturalOrder()))
                .forEach(source -> {
                    String name = cut(rule.apply(source), "", room);
                    if (!own.test(name) && taken.add(identifiers.fold(name))) {
                        given.put(source, name);
                    } else {
                        late.add(source);
                    }
                });
        for (String source : late) {
            String name = outOf(rule.apply(source), own);
            String free = cut(name, "", room);
            for (int number = 2; !taken.add(identifiers.fold(free)); number++) {
                free = cut(name, "_" + number, room);
            }
            given.put(source, free);
        }
    }
}
