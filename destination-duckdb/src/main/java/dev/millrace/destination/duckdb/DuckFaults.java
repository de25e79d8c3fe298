package dev.millrace.destination.duckdb;

import dev.millrace.core.fault.Fault;
import dev.millrace.core.fault.FaultKind;
import java.sql.SQLException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Turns what DuckDB says into faults.
///
/// The driver gives neither an SQLSTATE nor an error code, so this goes by the name of the exception's class, with which DuckDB begins
/// every text, and within `IO Error` by DuckDB's own words and those of the operating system. The text itself is only attached, as it can
/// hold values.
public final class DuckFaults {

    private static final Pattern HOLDER = Pattern.compile("Conflicting lock is held in (\\S*) ?\\(PID (\\d+)\\)");

    private DuckFaults() {}

    /// The fault behind an exception of the driver.
    ///
    /// @param subject the file or table that it is about
    public static Fault of(SQLException e, String subject) {
        String text = String.valueOf(e.getMessage());
        if (isFull(text)) {
            return full(e, subject);
        }
        if (isInvalidated(e)) {
            return new Fault(
                    FaultKind.DESTINATION_UNUSABLE,
                    subject,
                    "DuckDB stopped working on %s after an error of its own; nothing of the last step was kept.".formatted(subject),
                    "Start the run again: the file is opened anew and the run continues at the last commit.",
                    e);
        }
        if (text.startsWith("IO Error")) {
            return ofInputOutput(e, text, subject);
        }
        if (text.startsWith("Out of Memory Error")) {
            return memory(e, subject);
        }
        if (text.startsWith("Permission Error") || text.startsWith("Serialization Error")) {
            return unusable(e, subject);
        }
        return new Fault(
                FaultKind.DESTINATION_REFUSED,
                subject,
                "DuckDB refused a statement for %s (%s); nothing of it was kept.".formatted(subject, name(text)),
                "Read DuckDB's own words in the log of the run, which names the statement's part that it refused.",
                e);
    }

    /// Whether the database is of no use any more until it is opened again: a checkpoint that failed does that, among others.
    static boolean isInvalidated(SQLException e) {
        String text = String.valueOf(e.getMessage());
        return text.startsWith("FATAL Error") || text.contains("database has been invalidated") || text.startsWith("INTERNAL Error");
    }

    private static Fault ofInputOutput(SQLException e, String text, String subject) {
        if (text.contains("Could not set lock")) {
            Matcher holder = HOLDER.matcher(text);
            String who = holder.find() ? "process %s".formatted(holder.group(2)) : "another process";
            return held(subject, who, e);
        }
        return unusable(e, subject);
    }

    /// The operating system's words come behind those of a failed statement, commit or checkpoint alike. A file may also have reached the
    /// greatest size that the user or the file system allows.
    private static boolean isFull(String text) {
        return text.contains("No space left on device")
                || text.contains("Disk quota exceeded")
                || text.contains("File too large")
                || text.contains("max_temp_directory_size");
    }

    private static Fault memory(SQLException e, String subject) {
        return new Fault(
                FaultKind.DESTINATION_REFUSED,
                subject,
                "DuckDB needs more memory for %s than it may use; nothing of the last step was kept.".formatted(subject),
                "Let fewer files be written at the same time, or give the process more memory: a server divides its own among the files that are open.",
                e);
    }

    static Fault held(String subject, String who, @Nullable Throwable cause) {
        return new Fault(
                FaultKind.DESTINATION_HELD,
                subject,
                "%s is held by %s, and DuckDB lets one process at a time write to a file.".formatted(subject, who),
                "Stop %s, or close the file there, and start the run again.".formatted(who),
                cause);
    }

    private static Fault full(SQLException e, String subject) {
        return new Fault(
                FaultKind.DESTINATION_FULL,
                subject,
                "The disk of %s is full, or the file may not grow further; nothing of the last step was kept.".formatted(subject),
                "Make room on the disk or raise the limit (`df`, `quota`, `ulimit -f`), and start the run again: it continues at the last"
                        + " commit.",
                e);
    }

    private static Fault unusable(SQLException e, String subject) {
        return new Fault(
                FaultKind.DESTINATION_UNUSABLE,
                subject,
                "%s cannot be opened or written.".formatted(subject),
                "Check that its directory exists and that this user may write there. A file that is there already has to be one of DuckDB.",
                e);
    }

    private static String name(String text) {
        int colon = text.indexOf(':');
        return colon > 0 && colon < 40 ? text.substring(0, colon) : "no reason given";
    }
}
