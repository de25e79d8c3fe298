package dev.millrace.server.web.connection;

import dev.millrace.core.fault.Fault;
import dev.millrace.core.shape.TableName;
import dev.millrace.server.Refusal;
import dev.millrace.server.connection.ConnectionRecord;
import dev.millrace.server.run.ActiveRun;
import dev.millrace.server.run.RunRecord;
import dev.millrace.server.web.Moment;
import dev.millrace.server.web.Pill;
import dev.millrace.server.web.Routes;
import dev.millrace.server.web.Site;
import dev.millrace.server.web.Visit;
import dev.millrace.worker.holder.CopyDesk;
import dev.millrace.worker.holder.StatusReport;
import dev.millrace.worker.progress.Amounts;
import dev.millrace.worker.progress.RunPicture;
import dev.millrace.worker.progress.TablePicture;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// The first tab: what goes on, how far behind the copy is, and how earlier runs ended.
///
/// @param site that it is part of
public record StatusPages(Site site) {

    /// A server on which nobody changes anything writes some log all the same, so the latest change is old and the copy is not behind.
    private static final long IDLE_LOG = 64L << 10;
    private static final int RUNS = 30;
    private static final int TABLES = 100;

    /// The page.
    public record StatusPage(Head head, Now now) {}

    /// What goes on, which is asked for again and again.
    ///
    /// @param csrf for its forms
    /// @param progress of the run that goes on here
    /// @param runs past and present
    public record Now(Head head, Optional<Progress> progress, List<PastRun> runs) {}

    /// A run that goes on.
    ///
    /// @param phase what it does
    /// @param share of the first copy that is done, in percent; -1 where nothing is copied
    /// @param tables those that are being copied first
    /// @param more tables that are not shown
    /// @param rowsPerSecond lately
    /// @param lagBytes for the chart; -1 before it was measured
    /// @param lag in words
    /// @param behind how long ago the latest transaction in the copy was committed
    /// @param left how long the copy may yet take; empty if nobody knows
    /// @param changes of this run
    public record Progress(
            String phase,
            int share,
            List<TableProgress> tables,
            int more,
            long rowsPerSecond,
            long lagBytes,
            String lag,
            String behind,
            String left,
            String changes) {}

    /// How far a table is.
    public record TableProgress(String table, Pill stage, int percent, String rows, String rate, String left) {}

    /// A run of the timeline.
    public record PastRun(Pill outcome, Moment started, String took, String cause, String rows, String changes, String bytes, Optional<Glance.Problem> problem) {}

    /// What the source and the copy say, which takes longer to ask.
    ///
    /// @param place whose tables they are, and for whom they are shown
    /// @param problem why they could not be asked; empty if they could
    /// @param held log that the slot holds back at the source
    /// @param isMuch whether that is worth a warning
    public record SourceState(
            SchemaLeaf.Place place, Optional<StatusReport> report, String problem, String lag, String held, boolean isMuch, List<TableLine> tables, int more) {}

    /// A table of the copy.
    ///
    /// @param mayCopy whether it can be copied again now
    public record TableLine(TableName table, String target, Pill state, String mode, String rows, boolean mayCopy) {}

    private static final long MUCH_LOG = 10L << 30;

    /// Adds its routes.
    public void addTo(Routes routes) {
        routes.get("/connections/{id}", visit -> visit.show("status", new StatusPage(Head.of(visit, Head.Tab.STATUS), now(visit))));
        routes.get("/connections/{id}/now", visit -> visit.show("statusNow", now(visit)));
        routes.get("/connections/{id}/source", visit -> visit.show("statusSource", source(visit)));
    }

    private Now now(Visit visit) {
        Head head = Head.of(visit, Head.Tab.STATUS);
        return new Now(
                head,
                site.plane().conductor().active(head.glance().id()).map(run -> progress(run, head.glance())),
                site.plane().runs().last(head.glance().id(), RUNS).stream().map(this::past).toList());
    }

    private Progress progress(ActiveRun run, Glance glance) {
        RunPicture.Following following = run.picture().following();
        List<TablePicture> tables = run.picture().tables();
        List<TablePicture> open = tables.stream().filter(table -> table.stage() != TablePicture.Stage.PUBLISHED).toList();
        long copied = open.stream().mapToLong(TablePicture::rowsPerSecond).sum();
        Duration left = open.stream().map(TablePicture::left).max(Comparator.naturalOrder()).orElse(Duration.ZERO);
        return new Progress(
                phase(tables, open, glance),
                tables.isEmpty() || open.isEmpty() ? -1 : (int) (100 * tables.stream().mapToDouble(TablePicture::share).average().orElse(0)),
                Stream.concat(open.stream(), tables.stream().filter(table -> !open.contains(table))).limit(TABLES).map(StatusPages::table).toList(),
                Math.max(0, tables.size() - TABLES),
                open.isEmpty() ? following.changesPerSecond() : copied,
                following.lagBytes(),
                following.lagBytes() < 0 ? "" : Amounts.bytes(following.lagBytes()),
                following.committedAt().filter(_ -> following.lagBytes() > IDLE_LOG).map(at -> Amounts.duration(Duration.between(at, site.clock().instant()))).orElse(""),
                left.isZero() ? "" : Amounts.duration(left),
                Amounts.count(following.changes()));
    }

    private static String phase(List<TablePicture> tables, List<TablePicture> open, Glance glance) {
        if (open.stream().anyMatch(table -> table.stage() == TablePicture.Stage.COPYING)) {
            return "Copying tables";
        }
        if (!open.isEmpty()) {
            return "Catching up with what changed meanwhile";
        }
        return tables.isEmpty() && glance.historical() ? "Getting ready" : "Following changes";
    }

    private static TableProgress table(TablePicture table) {
        Pill stage = switch (table.stage()) {
            case COPYING -> Pill.busy("Copying");
            case CATCHING_UP -> Pill.busy("Catching up");
            case PUBLISHED -> Pill.good("Copied");
        };
        String rows = table.estimatedRows() > table.rows()
                ? "%s of about %s".formatted(Amounts.count(table.rows()), Amounts.count(table.estimatedRows()))
                : Amounts.count(table.rows());
        return new TableProgress(
                table.table().toString(),
                stage,
                (int) (100 * table.share()),
                rows,
                table.rowsPerSecond() == 0 ? "" : Amounts.count(table.rowsPerSecond()) + " rows/s",
                table.left().isZero() ? "" : Amounts.duration(table.left()));
    }

    private PastRun past(RunRecord run) {
        Instant now = site.clock().instant();
        return new PastRun(
                outcome(run),
                Moment.of(run.started(), now),
                Moment.between(run.started(), run.ended().orElse(now)),
                switch (run.cause()) {
                    case SCHEDULE -> "scheduled";
                    case ASKED -> "asked for";
                    case RETRY -> "tried again";
                    case RESTART -> "taken up after a restart";
                },
                Amounts.count(run.rowsCopied()),
                Amounts.count(run.changes()),
                Amounts.bytes(run.bytes()),
                run.fault().map(Glance.Problem::of));
    }

    private static Pill outcome(RunRecord run) {
        return switch (run.status()) {
            case RUNNING -> Pill.busy("Running");
            case SUCCESSFUL -> Pill.good("Done");
            case FAILURE -> Pill.warn("Failed, tried again");
            case FAILURE_WITH_TASK -> Pill.bad("Failed");
            case RESCHEDULED -> Pill.idle("Interrupted");
            case CANCELED -> Pill.idle("Stopped");
        };
    }

    private SourceState source(Visit visit) {
        ConnectionRecord connection = Head.connection(visit);
        SchemaLeaf.Place place = SchemaLeaf.Place.of(visit, connection);
        try {
            Optional<StatusReport> report = new Asking(site.plane()).ask(connection, CopyDesk::status);
            return report.map(one -> source(place, one, names(connection))).orElseGet(() -> unknown(place, ""));
        } catch (Fault fault) {
            return unknown(place, "%s %s".formatted(fault.description(), fault.remedy()));
        } catch (Refusal refusal) {
            return unknown(place, refusal.description());
        }
    }

    /// The tables of the source by what a report calls them, which does not say where a name with dots in it is divided.
    private Map<String, TableName> names(ConnectionRecord connection) {
        return site.plane().schemas().known(connection)
                .map(source -> source.tables().keySet().stream().collect(Collectors.toMap(TableName::toString, Function.identity(), (one, _) -> one)))
                .orElse(Map.of());
    }

    private static SourceState unknown(SchemaLeaf.Place place, String problem) {
        return new SourceState(place, Optional.empty(), problem, "", "", false, List.of(), 0);
    }

    private static SourceState source(SchemaLeaf.Place place, StatusReport report, Map<String, TableName> names) {
        return new SourceState(
                place,
                Optional.of(report),
                "",
                report.upstream().lagBytes() < 0 ? "" : Amounts.bytes(report.upstream().lagBytes()),
                report.upstream().walHeldBytes() < 0 ? "" : Amounts.bytes(report.upstream().walHeldBytes()),
                report.upstream().walHeldBytes() > MUCH_LOG || List.of("unreserved", "lost").contains(report.upstream().slotState()),
                report.tables().stream().limit(TABLES).map(table -> line(place, table, names)).toList(),
                Math.max(0, report.tables().size() - TABLES));
    }

    private static TableLine line(SchemaLeaf.Place place, StatusReport.TableStatus table, Map<String, TableName> names) {
        Pill state = switch (table.state()) {
            case "streaming" -> Pill.good("Up to date");
            case "resync_requested" -> Pill.busy("To be copied again");
            case "catching_up" -> Pill.busy("Catching up");
            default -> Pill.busy("Copying");
        };
        String[] parts = table.table().split("\\.", 2);
        return new TableLine(
                Optional.ofNullable(names.get(table.table())).orElseGet(() -> new TableName(parts[0], parts[1])),
                table.nameInDestination(),
                state,
                table.mode().replace('_', ' ').toLowerCase(Locale.ROOT),
                Amounts.count(table.rows()),
                place.isEditor() && place.copied() && table.state().equals("streaming"));
    }
}
