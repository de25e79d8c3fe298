package dev.millrace.source.catalog;

import dev.millrace.core.fault.Nearest;
import dev.millrace.core.secret.Salt;
import dev.millrace.core.shape.Column;
import dev.millrace.core.shape.Origin;
import dev.millrace.core.shape.RowFilter;
import dev.millrace.core.shape.RowIdentity;
import dev.millrace.core.shape.Shape;
import dev.millrace.core.shape.SourceType;
import dev.millrace.core.shape.TableName;
import dev.millrace.core.source.Catalog;
import dev.millrace.core.source.Selection;
import dev.millrace.core.value.ValueHash;
import dev.millrace.source.filter.FilterValues;
import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// Reads the catalogue of one database through one session, which stays the caller's. Belongs to one thread at a time.
public final class CatalogReader {

    /// A column as the catalogue has it.
    private record Attribute(
            int number, String name, int type, int modifier, String generated, Optional<String> initially, boolean mayRead) {}

    /// A relation of the publication as the catalogue has it.
    private record Relation(
            int oid, TableName table, String kind, String identity, boolean mayEnter, boolean mayRead, boolean hidesRows,
            long estimatedRows, Optional<Set<String>> published, Optional<String> filter, boolean mayReadXmin, boolean mayReadCtid) {

        /// Whether a column is in the log. Without a list of columns that is every column that is not generated; from PostgreSQL 18 on
        /// the list is always there, and holds the generated ones that are published.
        boolean logs(Attribute attribute, boolean listsGenerated) {
            boolean listed = published.isEmpty() || published.get().contains(attribute.name());
            return listed && (attribute.generated().isEmpty() || listsGenerated && attribute.generated().equals("s"));
        }
    }

    /// A key as the catalogue has it: column numbers in the index's order.
    private record Index(boolean primary, boolean replicaIdentity, List<Integer> columns) {}

    private final Connection session;
    private final Scope scope;
    private final Selection selection;
    private final int version;
    private final TypeCatalog types;
    private final ValueHash hash;

    /// Reads nothing yet.
    ///
    /// @param salt hashes the values that older rows have in hashed columns
    public CatalogReader(Connection session, Scope scope, Selection selection, Salt salt) throws SQLException {
        this.session = session;
        this.scope = scope;
        this.selection = selection;
        this.version = session.getMetaData().getDatabaseMajorVersion() * 10_000;
        this.types = new TypeCatalog(session, version);
        this.hash = new ValueHash(salt);
    }

    /// What the publication publishes; empty if it does not exist. What is read without one is whole.
    public Optional<Publication> publication() throws SQLException {
        return switch (scope) {
            case Scope.Published(String publication) -> publication(publication);
            case Scope.Readable() -> Optional.of(Publication.WHOLE);
        };
    }

    private Optional<Publication> publication(String publication) throws SQLException {
        try (PreparedStatement statement = session.prepareStatement(CatalogSql.PUBLICATION)) {
            statement.setString(1, publication);
            try (ResultSet row = statement.executeQuery()) {
                return row.next()
                        ? Optional.of(new Publication(
                                row.getBoolean("pubinsert"),
                                row.getBoolean("pubupdate"),
                                row.getBoolean("pubdelete"),
                                row.getBoolean("pubtruncate")))
                        : Optional.empty();
            }
        }
    }

    /// A text that changes with every change of a table, a column, a partition or the publication.
    public String stamp() throws SQLException {
        try (PreparedStatement statement = session.prepareStatement(CatalogSql.STAMP);
                ResultSet row = statement.executeQuery()) {
            row.next();
            return row.getString(1);
        }
    }

    /// The tables in the scope, and what looks like a table and can be in none.
    public Catalog read() throws SQLException {
        List<Relation> relations = relations();
        Catalog published = read(relations);
        List<Catalog.LeftOut> leftOut = new ArrayList<>(published.leftOut());
        leftOut.addAll(missing(relations.stream().map(Relation::table).toList()));
        try (PreparedStatement statement = session.prepareStatement(CatalogSql.UNPUBLISHABLE);
                ResultSet row = statement.executeQuery()) {
            while (row.next()) {
                TableName table = new TableName(row.getString("nspname"), row.getString("relname"));
                String kind = row.getString("relkind");
                boolean isUnlogged = kind.equals("r") || kind.equals("p");
                if (selection.includes(table) && !(isUnlogged && scope instanceof Scope.Readable)) {
                    leftOut.add(unpublishable(table, kind));
                }
            }
        }
        return new Catalog(published.followed(), leftOut);
    }

    /// Tables that the selection names and that are not in the database.
    public List<Catalog.LeftOut> missing() throws SQLException {
        return missing(relations().stream().map(Relation::table).toList());
    }

    private List<Catalog.LeftOut> missing(List<TableName> published) throws SQLException {
        List<TableName> unpublished =
                selection.named().stream().filter(table -> !published.contains(table)).sorted().toList();
        List<Catalog.LeftOut> missing = new ArrayList<>();
        for (TableName table : unpublished) {
            if (!exists(table)) {
                missing.add(new Catalog.LeftOut(
                        table, "The settings name it, and there is no such table." + NearestTable.hint(table, published), "Correct its name in the settings, or take it out of them."));
            }
        }
        return missing;
    }

    private boolean exists(TableName table) throws SQLException {
        try (PreparedStatement statement = session.prepareStatement(CatalogSql.EXISTS)) {
            statement.setString(1, table.schema());
            statement.setString(2, table.table());
            try (ResultSet row = statement.executeQuery()) {
                return row.next();
            }
        }
    }

    private static Catalog.LeftOut unpublishable(TableName table, String kind) {
        return switch (kind) {
            case "v" -> new Catalog.LeftOut(table, "It is a view, which has no rows of its own.", "");
            case "m" -> new Catalog.LeftOut(table, "It is a materialized view, whose rows are made from others.", "");
            case "f" -> new Catalog.LeftOut(table, "It is a foreign table, whose rows lie on another server.", "Copy it from there.");
            default ->
                new Catalog.LeftOut(
                        table,
                        "It is unlogged, so its rows are not in the log.",
                        "Run `ALTER TABLE %s SET LOGGED;`, or unselect the table.".formatted(table.quoted()));
        };
    }

    /// Tables that are in the database and not in the scope, as far as they are selected. There can be very many.
    public List<Catalog.LeftOut> outside() throws SQLException {
        return switch (scope) {
            case Scope.Published(String publication) -> outside(publication);
            case Scope.Readable() -> unreadable();
        };
    }

    private List<Catalog.LeftOut> unreadable() throws SQLException {
        List<Catalog.LeftOut> unreadable = new ArrayList<>();
        try (PreparedStatement statement = session.prepareStatement(CatalogSql.UNREADABLE);
                ResultSet row = statement.executeQuery()) {
            while (row.next()) {
                TableName table = new TableName(row.getString("nspname"), row.getString("relname"));
                if (selection.includes(table)) {
                    unreadable.add(switch (row.getString("relpersistence")) {
                        case "t" -> temporary(table);
                        case "u" -> new Catalog.LeftOut(table, "It is unlogged, so this standby has none of its rows.", "");
                        default -> row.getBoolean("may_enter") ? mayNotRead(table) : mayNotEnter(table);
                    });
                }
            }
        }
        return unreadable;
    }

    private List<Catalog.LeftOut> outside(String publication) throws SQLException {
        List<Catalog.LeftOut> outside = new ArrayList<>();
        try (PreparedStatement statement = session.prepareStatement(CatalogSql.OUTSIDE)) {
            statement.setString(1, publication);
            try (ResultSet row = statement.executeQuery()) {
                while (row.next()) {
                    TableName table = new TableName(row.getString("nspname"), row.getString("relname"));
                    if (selection.includes(table)) {
                        outside.add(
                                row.getString("relpersistence").equals("t")
                                        ? temporary(table)
                                        : outside(publication, table, row.getBoolean("partitioned"), row.getBoolean("has_identity")));
                    }
                }
            }
        }
        return outside;
    }

    private static Catalog.LeftOut temporary(TableName table) {
        return new Catalog.LeftOut(table, "It is temporary: only the session that made it sees it.", "");
    }

    private static Catalog.LeftOut mayNotEnter(TableName table) {
        return new Catalog.LeftOut(
                table,
                "The user may not use schema %s.".formatted(table.schema()),
                "Run `GRANT USAGE ON SCHEMA %s TO <user>;` or unselect the table.".formatted(TableName.quote(table.schema())));
    }

    private static Catalog.LeftOut mayNotRead(TableName table) {
        return new Catalog.LeftOut(
                table, "The user may not read it.", "Run `GRANT SELECT ON %s TO <user>;` or unselect the table.".formatted(table.quoted()));
    }

    /// In a publication the source would refuse updates and deletes of a table without an identity.
    private static Catalog.LeftOut outside(String publication, TableName table, boolean partitioned, boolean hasIdentity) {
        String add = "`ALTER PUBLICATION %s ADD TABLE %s;`".formatted(TableName.quote(publication), table.quoted());
        return new Catalog.LeftOut(
                table,
                "%s not in publication %s.".formatted(partitioned ? "It and its partitions are" : "It is", publication),
                hasIdentity
                        ? "Run %s to have it copied.".formatted(add)
                        : "Run `ALTER TABLE %s REPLICA IDENTITY FULL;` (or give it a key), since its updates would be refused without, and then %s"
                                .formatted(table.quoted(), add));
    }

    /// One table of the publication, if it can be followed.
    public Optional<Catalog.Followed> find(TableName table) throws SQLException {
        List<Relation> relations = relations().stream().filter(relation -> relation.table().equals(table)).toList();
        return read(relations).followed().stream().findFirst();
    }

    /// The type with this object id.
    public SourceType type(int oid, int modifier) throws SQLException {
        types.load(List.of(oid));
        return types.type(oid, modifier);
    }

    private Catalog read(List<Relation> relations) throws SQLException {
        List<Integer> oids = relations.stream().map(Relation::oid).toList();
        Map<Integer, List<Attribute>> attributes = attributes(oids);
        Map<Integer, List<Index>> indexes = indexes(oids);
        Map<Integer, Origin> origins = origins(oids);
        types.load(attributes.values().stream().flatMap(List::stream).map(Attribute::type).distinct().toList());
        Publication published = publication().orElse(Publication.WHOLE);
        Map<Integer, List<Storage>> storagesOf = storages(oids);
        List<Catalog.Followed> followed = new ArrayList<>();
        List<Catalog.LeftOut> leftOut = new ArrayList<>();
        for (Relation relation : relations) {
            List<Attribute> columns = attributes.getOrDefault(relation.oid(), List.of());
            List<Index> keys = indexes.getOrDefault(relation.oid(), List.of());
            Judgement judgement = judge(relation, columns, keys, published);
            switch (judgement) {
                case Judgement.LeaveOut(Catalog.LeftOut table) -> leftOut.add(table);
                case Judgement.Follow(Shape shape, List<String> warnings) -> {
                    List<Storage> storages = storagesOf.getOrDefault(relation.oid(), List.of());
                    long blocks = storages.stream().mapToLong(Storage::blocks).sum();
                    Origin origin = origin(origins.get(relation.oid()), storages);
                    RowFilter filter = new FilterValues(session).resolve(shape.table(), selection.filter(shape.table()), shape.columns());
                    Shape whole = new Shape(shape.table(), shape.columns(), shape.identity(), origin, filter);
                    followed.add(new Catalog.Followed(whole, blocks, relation.estimatedRows(), warnings));
                }
            }
        }
        return new Catalog(followed, leftOut);
    }

    private sealed interface Judgement {
        record Follow(Shape shape, List<String> warnings) implements Judgement {}

        record LeaveOut(Catalog.LeftOut table) implements Judgement {}

        static Judgement leaveOut(TableName table, String reason, String remedy) {
            return new LeaveOut(new Catalog.LeftOut(table, reason, remedy));
        }
    }

    private Judgement judge(Relation relation, List<Attribute> attributes, List<Index> indexes, Publication published) {
        TableName table = relation.table();
        if (!selection.includes(table)) {
            return Judgement.leaveOut(table, "It is not selected.", "");
        }
        if (!relation.mayEnter()) {
            return new Judgement.LeaveOut(mayNotEnter(table));
        }
        if (!relation.mayRead()) {
            return new Judgement.LeaveOut(mayNotRead(table));
        }
        if (!relation.mayReadXmin()) {
            return Judgement.leaveOut(
                    table,
                    "The user may not read its system column xmin, by which changed rows are found.",
                    "Run `GRANT SELECT (xmin, ctid) ON %s TO <user>;` or unselect the table.".formatted(table.quoted()));
        }
        if (relation.hidesRows()) {
            return Judgement.leaveOut(
                    table,
                    "Row-level security hides rows of it from the user, so a copy could not be whole.",
                    "Run `ALTER ROLE <user> BYPASSRLS;` or unselect the table.");
        }
        Optional<List<Integer>> key = key(relation, indexes);
        boolean isLogged = scope instanceof Scope.Published;
        if (isLogged && key.isEmpty() && !relation.identity().equals("f") && published.changesRows()) {
            return Judgement.leaveOut(
                    table,
                    "It has no primary key and no replica identity, so its updates and deletes cannot be matched to rows (PostgreSQL refuses them while it is published).",
                    "Add a primary key, or run `ALTER TABLE %s REPLICA IDENTITY FULL;`, or unselect the table.".formatted(table.quoted()));
        }
        return shape(relation, attributes, key, published);
    }

    /// The key's column numbers: those of the replica identity index if there is one, else those of the primary key. A replica identity of
    /// nothing says that the log has no key; reading rows has.
    private Optional<List<Integer>> key(Relation relation, List<Index> indexes) {
        boolean byIndex = relation.identity().equals("i");
        return indexes.stream()
                .filter(index -> byIndex ? index.replicaIdentity() : index.primary())
                .filter(_ -> !relation.identity().equals("n") || scope instanceof Scope.Readable)
                .map(Index::columns)
                .findFirst();
    }

    private Judgement shape(Relation relation, List<Attribute> attributes, Optional<List<Integer>> key, Publication published) {
        TableName table = relation.table();
        List<String> warnings = new ArrayList<>(published.warnings());
        List<Column> columns = new ArrayList<>();
        Map<Integer, Integer> places = new HashMap<>();
        Set<String> hashed = selection.hashed(table);
        Map<Boolean, List<Attribute>> readable = attributes.stream().collect(Collectors.partitioningBy(Attribute::mayRead));
        for (Attribute attribute : List.copyOf(readable.getOrDefault(true, List.of()))) {
            boolean inKey = key.isPresent() && key.get().contains(attribute.number());
            boolean logged = relation.logs(attribute, version >= CatalogSql.PG_18 || scope instanceof Scope.Readable);
            if (!logged && !attribute.generated().isEmpty()) {
                warnings.add((scope instanceof Scope.Readable
                                ? "Column %s is generated when it is read, so nothing tells when it changes; it is left out."
                                : "Column %s is generated and not in the log; it is left out.")
                        .formatted(attribute.name()));
            } else if (logged && (inKey || selection.includes(table, attribute.name()))) {
                places.put(attribute.number(), columns.size());
                Column column = column(attribute, hashed.contains(attribute.name()));
                columns.add(column);
                boolean maybeBinary = version >= CatalogSql.PG_14 && scope instanceof Scope.Published;
                TypeWarnings.of(column, maybeBinary).ifPresent(warnings::add);
            }
        }
        List<String> names = attributes.stream().map(Attribute::name).toList();
        selection.named(table).stream()
                .filter(name -> !names.contains(name))
                .sorted()
                .map(name -> (hashed.contains(name)
                                ? "The settings have column %s hashed, and there is none of that name.%s"
                                : "The settings name column %s, and there is none of that name.%s")
                        .formatted(name, Nearest.hint(name, names)))
                .forEach(warnings::add);
        if (!relation.mayReadCtid() && scope instanceof Scope.Readable) {
            warnings.add(("The user may not read its system column ctid, so it is copied by one session in one piece, which is slower and starts"
                            + " over after an interruption; run `GRANT SELECT (ctid) ON %s TO <user>;`.")
                    .formatted(table.quoted()));
        }
        readable.getOrDefault(false, List.of())
                .forEach(attribute -> warnings.add("Column %s cannot be read by the user; it is left out.".formatted(attribute.name())));
        if (columns.isEmpty()) {
            return Judgement.leaveOut(table, "None of its columns can be copied.", "Grant SELECT on columns of it, or unselect the table.");
        }
        if (key.isEmpty()) {
            return new Judgement.Follow(new Shape(table, columns, new RowIdentity.WholeRow()), warnings);
        }
        if (!places.keySet().containsAll(key.get())) {
            return Judgement.leaveOut(
                    table,
                    "A column of its key cannot be read.",
                    "Run `GRANT SELECT ON %s TO <user>;` or unselect the table.".formatted(table.quoted()));
        }
        List<Integer> keyPlaces = key.get().stream().map(places::get).sorted().toList();
        return new Judgement.Follow(new Shape(table, columns, new RowIdentity.Keyed(keyPlaces)), warnings);
    }

    private Column column(Attribute attribute, boolean hashed) {
        SourceType type = types.type(attribute.type(), attribute.modifier());
        return hashed
                ? new Column(attribute.name(), new SourceType.Hashed(type), attribute.number(), attribute.initially().map(hash::of))
                : new Column(attribute.name(), type, attribute.number(), attribute.initially());
    }

    private List<Relation> relations() throws SQLException {
        List<Relation> relations = new ArrayList<>();
        String sql = scope instanceof Scope.Published ? CatalogSql.tables(version) : CatalogSql.READABLE;
        try (PreparedStatement statement = session.prepareStatement(sql)) {
            if (scope instanceof Scope.Published(String publication)) {
                statement.setString(1, publication);
            }
            try (ResultSet row = statement.executeQuery()) {
                while (row.next()) {
                    Array names = row.getArray("attnames");
                    relations.add(new Relation(
                            (int) row.getLong("oid"),
                            new TableName(row.getString("nspname"), row.getString("relname")),
                            row.getString("relkind"),
                            row.getString("relreplident"),
                            row.getBoolean("may_enter"),
                            row.getBoolean("may_read"),
                            row.getBoolean("hides_rows"),
                            row.getLong("reltuples"),
                            names == null ? Optional.empty() : Optional.of(Set.of((String[]) names.getArray())),
                            Optional.ofNullable(row.getString("rowfilter")),
                            row.getBoolean("may_read_xmin"),
                            row.getBoolean("may_read_ctid")));
                }
            }
        }
        return relations;
    }

    private Map<Integer, List<Attribute>> attributes(Collection<Integer> oids) throws SQLException {
        Map<Integer, List<Attribute>> attributes = new LinkedHashMap<>();
        try (PreparedStatement statement = session.prepareStatement(CatalogSql.columns(version))) {
            statement.setArray(1, TypeCatalog.oidArray(session, oids));
            try (ResultSet row = statement.executeQuery()) {
                while (row.next()) {
                    attributes
                            .computeIfAbsent((int) row.getLong("attrelid"), _ -> new ArrayList<>())
                            .add(new Attribute(
                                    row.getInt("attnum"),
                                    row.getString("attname"),
                                    (int) row.getLong("atttypid"),
                                    row.getInt("atttypmod"),
                                    row.getString("generated"),
                                    Optional.ofNullable(row.getString("initially")),
                                    row.getBoolean("may_read")));
                }
            }
        }
        return attributes;
    }

    private Map<Integer, List<Index>> indexes(Collection<Integer> oids) throws SQLException {
        Map<Integer, List<Index>> indexes = new HashMap<>();
        try (PreparedStatement statement = session.prepareStatement(CatalogSql.KEYS)) {
            statement.setArray(1, TypeCatalog.oidArray(session, oids));
            try (ResultSet row = statement.executeQuery()) {
                while (row.next()) {
                    List<Integer> columns = Arrays.stream((Short[]) row.getArray("key").getArray()).map(Short::intValue).toList();
                    indexes.computeIfAbsent((int) row.getLong("indrelid"), _ -> new ArrayList<>())
                            .add(new Index(row.getBoolean("indisprimary"), row.getBoolean("indisreplident"), columns));
                }
            }
        }
        return indexes;
    }

    /// Whether the user may read a table's system columns that say where a row lies.
    public boolean mayAddress(TableName table) throws SQLException {
        try (PreparedStatement statement = session.prepareStatement(
                """
                SELECT has_table_privilege(c.oid, 'SELECT')
                    OR has_column_privilege(c.oid, 'ctid', 'SELECT') AND (c.relkind <> 'p' OR has_column_privilege(c.oid, 'tableoid', 'SELECT'))
                FROM pg_class c WHERE c.oid = to_regclass(?)""")) {
            statement.setString(1, table.quoted());
            try (ResultSet row = statement.executeQuery()) {
                return row.next() && row.getBoolean(1);
            }
        }
    }

    /// The relations that hold a table's rows, by object id; empty if it is gone.
    public List<Storage> storages(TableName table) throws SQLException {
        try (PreparedStatement statement = session.prepareStatement("SELECT to_regclass(?)::oid::bigint")) {
            statement.setString(1, table.quoted());
            try (ResultSet row = statement.executeQuery()) {
                row.next();
                int oid = (int) row.getLong(1);
                return row.wasNull() ? List.of() : storages(oid);
            }
        }
    }

    /// A text that changes whenever the table is rewritten or altered: its columns, its keys, and the files that hold it.
    public String fingerprint(TableName table) throws SQLException {
        try (PreparedStatement statement = session.prepareStatement(CatalogSql.STRUCTURE)) {
            statement.setString(1, table.quoted());
            try (ResultSet row = statement.executeQuery()) {
                String structure = row.next() ? row.getString(1) : "gone";
                String files = storages(table).stream()
                        .map(storage -> Integer.toUnsignedString(storage.oid()) + " " + storage.filenode())
                        .collect(Collectors.joining(", "));
                return structure + "; " + files;
            }
        }
    }

    private List<Storage> storages(int table) throws SQLException {
        return storages(List.of(table)).getOrDefault(table, List.of());
    }

    /// The same of several tables, by their object ids, asked for at once.
    private Map<Integer, List<Storage>> storages(Collection<Integer> tables) throws SQLException {
        Map<Integer, List<Storage>> storages = new HashMap<>();
        try (PreparedStatement statement = session.prepareStatement(CatalogSql.storage(version))) {
            statement.setArray(1, TypeCatalog.oidArray(session, tables));
            try (ResultSet row = statement.executeQuery()) {
                while (row.next()) {
                    storages.computeIfAbsent((int) row.getLong("root"), _ -> new ArrayList<>()).add(new Storage(
                            (int) row.getLong("oid"),
                            row.getString("nspname"),
                            row.getString("relname"),
                            row.getString("relkind").equals("f"),
                            row.getLong("filenode"),
                            row.getLong("blocks"),
                            row.getBoolean("may_read"),
                            row.getBoolean("born")));
                }
            }
        }
        return storages;
    }

    private Map<Integer, Origin> origins(Collection<Integer> oids) throws SQLException {
        Map<Integer, Origin> origins = new HashMap<>();
        try (PreparedStatement statement = session.prepareStatement(CatalogSql.ORIGINS)) {
            statement.setArray(1, TypeCatalog.oidArray(session, oids));
            try (ResultSet row = statement.executeQuery()) {
                while (row.next()) {
                    int oid = (int) row.getLong("oid");
                    List<Integer> numbers = Arrays.stream((Short[]) row.getArray("numbers").getArray()).map(Short::intValue).toList();
                    origins.put(
                            oid,
                            new Origin(
                                    oid,
                                    row.getBoolean("partitioned"),
                                    row.getInt("relnatts"),
                                    numbers,
                                    List.of(),
                                    String.valueOf(row.getString("stamps"))));
                }
            }
        }
        return origins;
    }

    /// The origin with the files; unknown for a table that went away in between.
    private static Origin origin(@Nullable Origin known, List<Storage> storages) {
        if (known == null) {
            return Origin.UNKNOWN;
        }
        List<Origin.File> files = storages.stream()
                .filter(storage -> !storage.foreign())
                .map(storage -> new Origin.File(storage.oid(), storage.filenode(), storage.born()))
                .toList();
        return new Origin(known.relation(), known.partitioned(), known.columnsEver(), known.columns(), files, known.stamps());
    }

    /// The condition on a table's rows that the publication sets; empty if it publishes all.
    public Optional<String> rowFilter(TableName table) throws SQLException {
        return relations().stream()
                .filter(relation -> relation.table().equals(table))
                .findFirst()
                .flatMap(Relation::filter);
    }
}
