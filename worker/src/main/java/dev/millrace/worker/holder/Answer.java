package dev.millrace.worker.holder;

import dev.millrace.core.destination.RowSink;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// One line of a holder's answer: exactly one field is there. The last line is `done` or `fault`.
///
/// @param heads a query's columns
/// @param rows some of its rows
/// @param status a status
/// @param resync what became of asking for new copies
/// @param finding what comparing one table found
/// @param fault what went wrong
/// @param done true at the end
record Answer(
        @Nullable List<RowSink.Head> heads,
        @Nullable List<List<@Nullable Object>> rows,
        @Nullable StatusReport status,
        @Nullable ResyncReport resync,
        @Nullable TableFinding finding,
        @Nullable Told fault,
        @Nullable Boolean done) {

    /// A fault's parts.
    record Told(String kind, String subject, String description, String remedy) {}

    static Answer heads(List<RowSink.Head> heads) {
        return new Answer(heads, null, null, null, null, null, null);
    }

    static Answer rows(List<List<@Nullable Object>> rows) {
        return new Answer(null, rows, null, null, null, null, null);
    }

    static Answer status(StatusReport status) {
        return new Answer(null, null, status, null, null, null, null);
    }

    static Answer resync(ResyncReport resync) {
        return new Answer(null, null, null, resync, null, null, null);
    }

    static Answer finding(TableFinding finding) {
        return new Answer(null, null, null, null, finding, null, null);
    }

    static Answer fault(Told fault) {
        return new Answer(null, null, null, null, null, fault, null);
    }

    static Answer end() {
        return new Answer(null, null, null, null, null, null, true);
    }
}
