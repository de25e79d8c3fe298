package dev.millrace.worker.desk;

import dev.millrace.core.destination.TableState;
import dev.millrace.core.naming.TargetNames;
import dev.millrace.core.shape.TableName;
import dev.millrace.core.verify.Difference;
import dev.millrace.core.verify.TableVerdict;
import dev.millrace.worker.holder.TableFinding.Outcome;
import dev.millrace.worker.holder.TableFinding.RowDifference;
import dev.millrace.worker.holder.TableFinding;
import java.util.List;
import java.util.Locale;

/// Says verdicts in the words that cross the socket.
final class Verdicts {

    private Verdicts() {}

    /// A table that was compared.
    static TableFinding of(TableVerdict verdict) {
        return new TableFinding(
                verdict.table().toString(),
                verdict.names().table().toString(),
                verdict.equal() ? Outcome.EQUAL : Outcome.DIFFERENT,
                verdict.ended() == 0
                        ? ""
                        : "%d rows are in the copy only; rows that are deleted at the source are not seen by XMIN.".formatted(verdict.ended()),
                verdict.sourceRows(),
                verdict.destinationRows(),
                verdict.differences().stream().map(difference -> row(difference, verdict.names())).toList(),
                verdict.complete());
    }

    /// A table that was not.
    static TableFinding notCompared(TableName table, TableState state) {
        String reason = "It is " + state.name().toLowerCase(Locale.ROOT).replace('_', ' ') + ", so there is nothing to compare yet.";
        return new TableFinding(table.toString(), "", Outcome.SKIPPED, reason, 0, 0, List.of(), true);
    }

    private static RowDifference row(Difference difference, TargetNames names) {
        return switch (difference) {
            case Difference.Missing(List<String> key, int count) -> new RowDifference("missing", key, count, List.of(), List.of());
            case Difference.Extra(List<String> key, int count) -> new RowDifference("extra", key, count, List.of(), List.of());
            case Difference.Unequal(List<String> key, List<String> columns) -> 
                new RowDifference("unequal", key, 1, columns, columns.stream().map(names::of).toList());
        };
    }
}
