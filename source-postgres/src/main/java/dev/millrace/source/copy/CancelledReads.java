package dev.millrace.source.copy;

import dev.millrace.core.fault.Fault;
import dev.millrace.core.fault.FaultKind;
import dev.millrace.core.shape.TableName;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/// Which tables' ranges a standby has cancelled: they are planned smaller from then on, so that the next is read before that happens. Safe
/// for several threads.
public final class CancelledReads {

    private static final int HALVINGS_MAX = 8;
    private static final long BLOCKS_MIN = 8;

    private final Map<TableName, Integer> counts = new ConcurrentHashMap<>();

    /// None yet.
    public CancelledReads() {}

    /// Looks at what ended the reading of a table's range.
    void note(TableName table, Fault fault) {
        if (fault.kind() == FaultKind.RECOVERY_CONFLICT) {
            counts.merge(table, 1, Integer::sum);
        }
    }

    /// The blocks that a range of the table shall have, of those that it has as a rule.
    public long rangeBlocks(TableName table, long usual) {
        int halvings = Math.min(counts.getOrDefault(table, 0), HALVINGS_MAX);
        return Math.max(Math.min(usual, BLOCKS_MIN), usual >> halvings);
    }
}
