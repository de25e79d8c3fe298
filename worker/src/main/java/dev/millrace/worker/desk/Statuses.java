package dev.millrace.worker.desk;

import dev.millrace.core.destination.CopyReader;
import dev.millrace.core.destination.Memory;
import dev.millrace.core.destination.TableMemory;
import dev.millrace.core.fault.Fault;
import dev.millrace.core.position.LogPosition;
import dev.millrace.core.position.Lsn;
import dev.millrace.core.position.Position;
import dev.millrace.core.secret.Salt;
import dev.millrace.core.shape.TableName;
import dev.millrace.core.source.Catalog;
import dev.millrace.source.PostgresSource;
import dev.millrace.source.wal.SlotStatus;
import dev.millrace.worker.Wiring;
import dev.millrace.worker.holder.StatusReport.LeftOutTable;
import dev.millrace.worker.holder.StatusReport.TableStatus;
import dev.millrace.worker.holder.StatusReport.Upstream;
import dev.millrace.worker.holder.StatusReport.Warning;
import dev.millrace.worker.holder.StatusReport.Widened;
import dev.millrace.worker.holder.StatusReport;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/// Puts a status together from what the destination remembers and what the source says.
///
/// @param wiring of the connection
record Statuses(Wiring wiring) {

    private static final int NAMED_MAX = 100_000;

    /// The status now. A source that does not answer is part of it, not a fault.
    ///
    /// @param reader of the copy; stays the caller's
    StatusReport of(CopyReader reader, boolean running) {
        Memory memory = reader.recall();
        RowCounts counts = new RowCounts(reader);
        Optional<Position> position = memory.position();
        Upstream upstream;
        List<LeftOutTable> leftOut = List.of();
        List<Warning> warnings = new ArrayList<>(displaced(memory));
        try {
            upstream = wiring.slotStatus().map(slot -> upstream(slot, position)).orElseGet(() -> Upstream.answering(wiring.whyEveryPageIsRead()));
            // Only names are asked for, so nothing that is hashed here stays.
            try (PostgresSource source = wiring.source(memory, Salt.random())) {
                Catalog catalog = source.catalog();
                leftOut = leftOut(Stream.concat(catalog.leftOut().stream(), source.outside().stream()));
                warnings.addAll(warnings(catalog));
            }
        } catch (Fault fault) {
            upstream = Upstream.unreachable(fault.description());
        }
        return new StatusReport(
                running,
                wiring.settings().source().updateMethod().text(),
                memory.source().map(source -> source.database() + "@" + source.systemIdentifier()).orElse(""),
                position.map(Object::toString).orElse(""),
                memory.committedAt().map(Object::toString).orElse(""),
                upstream,
                memory.tables().entrySet().stream().map(table -> table(table.getKey(), table.getValue(), counts)).toList(),
                widened(reader),
                warnings,
                leftOut);
    }

    private static Upstream upstream(SlotStatus slot, Optional<Position> position) {
        Optional<Lsn> held = position.flatMap(at -> at instanceof LogPosition(Lsn lsn) ? Optional.of(lsn) : Optional.empty());
        return new Upstream(
                true,
                "",
                slot.logEnd().toString(),
                held.map(at -> Math.max(0, slot.logEnd().bytesSince(at))).orElse(-1L),
                slot.heldBytes(),
                slot.state(),
                "");
    }

    private static List<LeftOutTable> leftOut(Stream<Catalog.LeftOut> tables) {
        return tables.limit(NAMED_MAX)
                .map(table -> new LeftOutTable(table.table().toString(), table.reason(), table.remedy()))
                .toList();
    }

    private static List<Warning> warnings(Catalog catalog) {
        return catalog.followed().stream()
                .flatMap(table -> table.warnings().stream().map(warning -> new Warning(table.table().toString(), warning)))
                .limit(NAMED_MAX)
                .toList();
    }

    private List<Warning> displaced(Memory memory) {
        return wiring.place().displaced(memory).stream()
                .limit(NAMED_MAX)
                .map(displaced -> new Warning(displaced.table().toString(), displaced.warning()))
                .toList();
    }

    private static List<Widened> widened(CopyReader reader) {
        return reader.widened().stream()
                .map(column -> new Widened(column.table().toString(), column.column(), column.values()))
                .toList();
    }

    private TableStatus table(TableName name, TableMemory table, RowCounts counts) {
        return new TableStatus(
                name.toString(),
                table.names().table().toString(),
                table.copyRequested() ? "resync_requested" : table.state().name().toLowerCase(Locale.ROOT),
                table.mode().name().toLowerCase(Locale.ROOT),
                table.published(),
                table.published() ? counts.live(table) : table.rows(),
                table.finished().size(),
                table.plan().map(plan -> plan.ranges().size()).orElse(0));
    }
}
