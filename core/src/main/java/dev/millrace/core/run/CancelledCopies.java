package dev.millrace.core.run;

import dev.millrace.core.fault.Fault;
import dev.millrace.core.shape.TableName;
import java.util.HashMap;
import java.util.Map;

/// How often the source cancelled the copy of a table since anything of it was loaded that stays. The owner's alone.
final class CancelledCopies {

    static final String GOES_ON =
            "The standby cancelled the reading of it, since that stood in the way of following its primary; the ranges that are left are read anew.";
    static final String ANEW =
            "The standby cancelled the reading of it, since that stood in the way of following its primary, and what was read cannot be continued.";

    private static final int IN_A_ROW_MAX = 8;
    private static final int WITH_ONE_PLAN_MAX = 2;

    /// @param rangesStaying how many ranges were loaded when it was cancelled last
    private record Count(int rangesStaying, int inARow) {}

    private final Map<TableName, Count> counts = new HashMap<>();

    /// Counts another time.
    ///
    /// @param rangesStaying how many ranges are loaded and stay if the copy goes on
    /// @return whether the copy shall go on with its plan; otherwise a new one, with smaller ranges, has better prospects
    /// @throws Fault `why`, if it has been so too often
    boolean mayGoOn(TableName table, int rangesStaying, Fault why) {
        Count before = counts.getOrDefault(table, new Count(0, 0));
        int inARow = rangesStaying > before.rangesStaying ? 1 : before.inARow + 1;
        if (inARow > IN_A_ROW_MAX) {
            throw why;
        }
        boolean goesOn = rangesStaying > 0 && inARow <= WITH_ONE_PLAN_MAX;
        counts.put(table, new Count(goesOn ? rangesStaying : 0, inARow));
        return goesOn;
    }

    /// The table's copy is complete.
    void forget(TableName table) {
        counts.remove(table);
    }
}
