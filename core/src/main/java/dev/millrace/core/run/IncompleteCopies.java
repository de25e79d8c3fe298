package dev.millrace.core.run;

import dev.millrace.core.fault.Fault;
import dev.millrace.core.fault.FaultKind;
import dev.millrace.core.shape.Shape;
import dev.millrace.core.shape.TableName;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/// Copies that could not be published since they lack rows, by table, until one could. Belongs to the owner.
final class IncompleteCopies {

    /// Why a table is copied again into whose row filter a row came that the log does not carry whole.
    static final String ENTERED =
            "A row came into its row filter whose large values the log does not carry; with `REPLICA IDENTITY FULL` it would.";

    /// How often in a row a copy may lack rows that came into a filter, before that is a fault.
    private static final int MAX = 3;

    private final Map<TableName, Integer> inARow = new HashMap<>();

    /// Why a copy lacks rows.
    ///
    /// @throws Fault if rows come into the table's filter again and again while it is copied
    String why(TableName table, Optional<Shape> shape, long rows) {
        if (shape.isEmpty() || shape.get().filter().isEmpty()) {
            return "%d rows moved between parts that were read before and after a restart.".formatted(rows);
        }
        if (inARow.merge(table, 1, Integer::sum) < MAX) {
            return ENTERED;
        }
        throw new Fault(
                FaultKind.REPLICA_IDENTITY_MISSING,
                table.toString(),
                "While %s was copied, rows came into its row filter whose large values the log does not carry, %d copies in a row."
                        .formatted(table, MAX),
                "Run `ALTER TABLE %s REPLICA IDENTITY FULL;`, after which the log carries them, and sync again.".formatted(table.quoted()));
    }

    /// A copy of the table is whole.
    void forget(TableName table) {
        inARow.remove(table);
    }
}
