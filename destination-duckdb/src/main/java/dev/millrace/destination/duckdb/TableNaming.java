package dev.millrace.destination.duckdb;

import dev.millrace.core.fault.Fault;
import dev.millrace.core.fault.FaultKind;
import dev.millrace.core.shape.TableName;

/// Where the tables of one connection lie in a file: `public.orders` with the prefix `shop` is `shop_public.orders`.
///
/// @param prefix the connection's schema prefix
record TableNaming(String prefix) {

    private static final String SHADOW = "_millrace_copy_of_";

    /// DuckDB's schema for a table of the source.
    String schema(TableName table) {
        return prefix + "_" + table.schema();
    }

    /// The name, in the same schema, under which a table is copied out of sight.
    String shadow(TableName table) {
        return SHADOW + table.table();
    }

    /// Refuses a table that would lie where another one of this connection does: DuckDB takes no notice of case.
    void checkApart(TableName table, Iterable<TableName> others) {
        for (TableName other : others) {
            boolean isNear = !other.equals(table) && schema(other).equalsIgnoreCase(schema(table));
            if (isNear && other.table().equalsIgnoreCase(table.table())) {
                throw refused(
                        table,
                        "%s and %s differ only in case, which DuckDB cannot tell apart, so the second cannot be copied."
                                .formatted(other, table));
            }
            if (isNear && (other.table().equalsIgnoreCase(shadow(table)) || table.table().equalsIgnoreCase(shadow(other)))) {
                throw refused(
                        table,
                        "The name of %s or %s is that under which the other is copied, so it cannot be copied."
                                .formatted(table, other));
            }
        }
    }

    private static Fault refused(TableName table, String message) {
        return new Fault(
                FaultKind.DESTINATION_REFUSED, table.toString(), message, "Rename one of them at the source, or exclude it.");
    }

    /// Refuses a table whose place belongs to another connection, or to nobody that we know, since publishing would replace it.
    ///
    /// @param found what lies there
    void checkOurs(DuckSession session, SystemColumns system, TableName table, TargetTable found) {
        boolean isOthers = session.queryFirst(
                        """
                        SELECT 1 FROM _millrace.tables
                        WHERE connection <> ? AND lower(connection || '_' || source_schema) = lower(?)
                            AND lower(source_table) = lower(?)""",
                        row -> row.getInt(1),
                        prefix,
                        schema(table),
                        table.table())
                .isPresent();
        if (isOthers || found.type(system.synced()).isEmpty()) {
            throw new Fault(
                    FaultKind.DESTINATION_REFUSED,
                    table.toString(),
                    "A table %s that was not made for this connection is there already, so %s cannot be copied."
                            .formatted(found.sql(), table),
                    "Rename that table, or choose another schema prefix.");
        }
    }
}
