package dev.millrace.source.catalog;

import dev.millrace.core.shape.Column;
import dev.millrace.core.shape.ExtensionType;
import dev.millrace.core.shape.Oid;
import dev.millrace.core.shape.SourceType;
import dev.millrace.core.value.PgText;
import java.math.BigInteger;
import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The types of a database, read from its catalogue as they are asked for. Belongs to one thread at a time.
///
/// A type that the catalogue does not know (any more) is a scalar whose binary form nobody knows: its values travel as text.
final class TypeCatalog {

    /// What stands before the number of a type that is not in the catalogue.
    static final String GONE = "unknown type ";

    private record Row(
            int oid, String schema, String name, String kind, String category, int base, int modifier, int element, int length,
            boolean binary, int relation, int subtype, @Nullable String extension) {

        /// The vectors of the catalogue are arrays to PostgreSQL, but print as something else.
        boolean isArray() {
            return category.equals("A") && element != 0 && length == -1 && oid != Oid.INT2VECTOR && oid != Oid.OIDVECTOR;
        }

        String qualifiedName() {
            if (extension != null) {
                return ExtensionType.nameOf(extension, name);
            }
            return schema.equals("pg_catalog") ? name : schema + "." + name;
        }
    }

    private record Field(String name, int type, int modifier) {}

    private final Connection session;
    private final int version;
    private final Map<Integer, Row> rows = new HashMap<>();
    private final Map<Integer, List<Field>> composites = new HashMap<>();
    private int moneyDecimals = -1;

    TypeCatalog(Connection session, int version) {
        this.session = session;
        this.version = version;
    }

    /// Reads some types, and those that they are made of, ahead of [#type].
    void load(Collection<Integer> oids) throws SQLException {
        Set<Integer> wanted = new HashSet<>(oids);
        wanted.removeAll(rows.keySet());
        while (!wanted.isEmpty()) {
            Set<Integer> found = read(wanted);
            found.removeAll(rows.keySet());
            wanted = found;
        }
    }

    private Set<Integer> read(Set<Integer> oids) throws SQLException {
        Set<Integer> parts = new HashSet<>();
        Set<Integer> relations = new HashSet<>();
        try (PreparedStatement statement = session.prepareStatement(CatalogSql.types(version))) {
            statement.setArray(1, oidArray(session, oids));
            try (ResultSet result = statement.executeQuery()) {
                while (result.next()) {
                    Row row = new Row(
                            (int) result.getLong("oid"),
                            result.getString("nspname"),
                            result.getString("typname"),
                            result.getString("typtype"),
                            result.getString("typcategory"),
                            (int) result.getLong("typbasetype"),
                            result.getInt("typtypmod"),
                            (int) result.getLong("typelem"),
                            result.getInt("typlen"),
                            result.getBoolean("binary_form"),
                            (int) result.getLong("typrelid"),
                            (int) result.getLong("subtype"),
                            result.getString("extension"));
                    rows.put(row.oid(), row);
                    parts.addAll(List.of(row.base(), row.isArray() ? row.element() : 0, row.subtype()));
                    if (row.kind().equals("c")) {
                        relations.add(row.relation());
                    }
                }
            }
        }
        readFields(relations);
        if (rows.containsKey(Oid.MONEY) && moneyDecimals < 0) {
            moneyDecimals = readMoneyDecimals();
        }
        composites.values().forEach(fields -> fields.forEach(field -> parts.add(field.type())));
        parts.remove(0);
        return parts;
    }

    private int readMoneyDecimals() throws SQLException {
        try (PreparedStatement statement = session.prepareStatement(CatalogSql.MONEY_UNIT);
                ResultSet row = statement.executeQuery()) {
            row.next();
            return new BigInteger(row.getBytes(1)).toString().length() - 1;
        }
    }

    private void readFields(Set<Integer> relations) throws SQLException {
        if (relations.isEmpty()) {
            return;
        }
        try (PreparedStatement statement = session.prepareStatement(CatalogSql.columns(version))) {
            statement.setArray(1, oidArray(session, relations));
            try (ResultSet result = statement.executeQuery()) {
                while (result.next()) {
                    composites
                            .computeIfAbsent((int) result.getLong("attrelid"), _ -> new ArrayList<>())
                            .add(new Field(
                                    result.getString("attname"), (int) result.getLong("atttypid"), result.getInt("atttypmod")));
                }
            }
        }
    }

    /// A type that has been loaded, with the modifier that its column has.
    SourceType type(int oid, int modifier) {
        Row row = rows.get(oid);
        if (row == null) {
            // Within the log, PostgreSQL knows the type as of the time of the row: it would send it in binary.
            return new SourceType.Scalar(oid, GONE + Integer.toUnsignedString(oid), modifier, true);
        }
        String name = row.qualifiedName();
        if (row.isArray()) {
            return new SourceType.ArrayOf(oid, name, type(row.element(), modifier));
        }
        return switch (row.kind()) {
            case "e" -> new SourceType.Enumeration(oid, name);
            case "d" -> new SourceType.Domain(oid, name, type(row.base(), row.modifier()));
            case "r" -> new SourceType.RangeOf(oid, name, type(row.subtype(), -1));
            case "m" -> new SourceType.MultirangeOf(oid, name, type(row.subtype(), -1));
            case "c" -> new SourceType.Composite(oid, name, fields(row));
            default -> scalar(new SourceType.Scalar(oid, name, modifier, row.binary()));
        };
    }

    /// With a modifier of ours, where the text of a value depends on more than the value.
    private SourceType.Scalar scalar(SourceType.Scalar type) {
        if (type.oid() == Oid.MONEY) {
            return new SourceType.Scalar(type.oid(), type.name(), moneyDecimals, type.binary());
        }
        return version < CatalogSql.PG_12 && PgText.hasFloats(type)
                ? new SourceType.Scalar(type.oid(), type.name(), SourceType.Scalar.ALL_DIGITS, type.binary())
                : type;
    }

    private List<Column> fields(Row row) {
        Map<String, Column> fields = new LinkedHashMap<>();
        for (Field field : composites.getOrDefault(row.relation(), List.of())) {
            fields.put(field.name(), new Column(field.name(), type(field.type(), field.modifier())));
        }
        return List.copyOf(fields.values());
    }

    static Array oidArray(Connection session, Collection<Integer> oids) throws SQLException {
        return session.createArrayOf("bigint", oids.stream().map(Integer::toUnsignedLong).toArray());
    }
}
