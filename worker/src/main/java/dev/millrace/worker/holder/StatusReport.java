package dev.millrace.worker.holder;

import java.util.List;

/// Where a connection stands. Texts and numbers only: it crosses the socket, and `--json` prints it as it is.
///
/// @param running whether a run goes on
/// @param updateMethod how the source is followed: `WAL_PGOUTPUT`, `XMIN`, `TELEPORT`
/// @param source the source that the copy was made from, `database@system`; empty before the first run
/// @param position up to where changes are in the copy: a place in the log as PostgreSQL prints it, or a scan; empty before the first run
/// @param committedAt when the latest transaction in the copy committed at the source (ISO 8601); empty if unknown
/// @param upstream what the source says now
/// @param tables the tables that are copied
/// @param widened the columns that were turned into text for values that did not fit
/// @param warnings what a person should know of tables that are copied; only what the copy knows if the source could not be asked
/// @param leftOut what looks like a table at the source and is not copied; empty if the source could not be asked
public record StatusReport(
        boolean running,
        String updateMethod,
        String source,
        String position,
        String committedAt,
        Upstream upstream,
        List<TableStatus> tables,
        List<Widened> widened,
        List<Warning> warnings,
        List<LeftOutTable> leftOut) {

    /// Keeps its own copies of the lists.
    public StatusReport {
        tables = List.copyOf(tables);
        widened = List.copyOf(widened);
        warnings = List.copyOf(warnings);
        leftOut = List.copyOf(leftOut);
    }

    /// What the source says now.
    ///
    /// @param reachable whether it answered
    /// @param problem why not; empty if it did
    /// @param logEnd the end of its log; empty if it did not answer or its log is not followed
    /// @param lagBytes log between the copy's position and that end; -1 if unknown
    /// @param walHeldBytes log that the slot keeps on the source's disk; -1 if unknown
    /// @param note what else is to be known of how the source is read; empty if nothing is
    /// @param slotState what PostgreSQL says of the slot: `reserved`, `extended`, `unreserved`, `lost`; empty if unknown
    public record Upstream(
            boolean reachable, String problem, String logEnd, long lagBytes, long walHeldBytes, String slotState, String note) {

        /// A source that answered, and whose log is not followed.
        public static Upstream answering(String note) {
            return new Upstream(true, "", "", -1, -1, "", note);
        }

        /// A source that was not asked or did not answer.
        public static Upstream unreachable(String problem) {
            return new Upstream(false, problem, "", -1, -1, "", "");
        }
    }

    /// One table.
    ///
    /// @param table its name at the source
    /// @param nameInDestination its schema and name at the destination
    /// @param state `copying`, `catching_up`, `streaming`; with a new copy asked for, `resync_requested`
    /// @param mode how its rows are kept: `soft_delete`, `live`, `history`
    /// @param published whether readers can see it
    /// @param rows live rows now; as counted when it was published where counting takes too long
    /// @param rangesDone ranges of its copy that are loaded
    /// @param ranges all ranges of its copy; 0 when it is not being copied
    public record TableStatus(
            String table,
            String nameInDestination,
            String state,
            String mode,
            boolean published,
            long rows,
            int rangesDone,
            int ranges) {}

    /// A column that was turned into text.
    ///
    /// @param values how many values did not fit it
    public record Widened(String table, String column, long values) {}

    /// What a person should know of a table that is copied.
    public record Warning(String table, String warning) {}

    /// A table that is not copied.
    public record LeftOutTable(String table, String reason, String remedy) {}
}
