package dev.millrace.server.web.connection;

import dev.millrace.server.Refusal;
import dev.millrace.server.connection.ConnectionRecord;
import dev.millrace.server.member.Role;
import dev.millrace.server.state.Json;
import dev.millrace.server.web.Pill;
import dev.millrace.server.web.Routes;
import dev.millrace.server.web.Site;
import dev.millrace.server.web.Visit;
import dev.millrace.server.web.connection.Comparisons.Comparison;
import dev.millrace.worker.holder.TableFinding;
import dev.millrace.worker.progress.Amounts;
import java.util.List;
import java.util.Optional;

/// Comparing the copy with its source, and what that found.
public final class VerifyPages {

    private static final int DIFFERENCES = 50;

    private final Site site;
    private final Comparisons comparisons;

    /// Of a site.
    public VerifyPages(Site site) {
        this.site = site;
        this.comparisons = new Comparisons(site.plane());
    }

    /// The page.
    public record VerifyPage(Head head, Result result) {}

    /// What is known of the last comparison.
    ///
    /// @param path of the connection
    /// @param csrf for the form that begins one
    /// @param isEditor whether who looks may begin one
    /// @param running whether it goes on
    /// @param summary in a sentence; empty where there was none
    /// @param problem why it ended early
    public record Result(String path, String csrf, boolean isEditor, boolean running, Pill pill, String summary, String problem, List<Line> lines) {}

    /// A table.
    ///
    /// @param more rows that differ and are not shown
    public record Line(String table, String target, Pill outcome, String reason, String sourceRows, String copyRows, List<Row> rows, boolean more) {}

    /// A row that differs.
    public record Row(String kind, String key, String columns) {}

    /// Adds its routes.
    public void addTo(Routes routes) {
        routes.get("/connections/{id}/verify", visit -> visit.show("verify", new VerifyPage(Head.of(visit, Head.Tab.VERIFY), result(visit))));
        routes.get("/connections/{id}/verify/result", visit -> visit.show("verifyResult", result(visit)));
        routes.post("/connections/{id}/verify", Role.EDITOR, this::begin);
    }

    private void begin(Visit visit) {
        ConnectionRecord connection = Head.connection(visit);
        boolean copied = site.plane().conductor().active(connection.id()).filter(Glance::isCopied).isPresent();
        if (!copied && site.plane().connections().standing(connection.id()).historical()) {
            throw Refusal.conflict("The first copy is not complete yet, so there is nothing to compare. Wait for it, or begin it.");
        }
        comparisons.begin(connection);
        site.plane().audit().add(visit.actor(), "verify", "connection", connection.id(), Json.object());
        visit.go("/connections/" + connection.id() + "/verify");
    }

    private Result result(Visit visit) {
        String id = Head.connection(visit).id();
        String path = "/connections/" + id;
        boolean isEditor = visit.may(Role.EDITOR);
        Optional<Comparison> last = comparisons.last(id);
        if (last.isEmpty()) {
            return new Result(path, visit.login().csrf(), isEditor, false, Pill.idle(""), "", "", List.of());
        }
        Comparison comparison = last.get();
        List<TableFinding> findings = comparison.findings();
        long different = findings.stream().filter(finding -> finding.outcome() == TableFinding.Outcome.DIFFERENT).count();
        long equal = findings.stream().filter(finding -> finding.outcome() == TableFinding.Outcome.EQUAL).count();
        boolean failed = !comparison.problem().isEmpty();
        Pill pill = comparison.running() ? Pill.busy("Comparing") : failed ? Pill.bad("Not finished") : different > 0 ? Pill.bad("Different") : Pill.good("Equal");
        String summary = "%d tables equal, %d different, %d not compared".formatted(equal, different, findings.size() - equal - different);
        return new Result(path, visit.login().csrf(), isEditor, comparison.running(), pill, summary, comparison.problem(), findings.stream().map(VerifyPages::line).toList());
    }

    private static Line line(TableFinding finding) {
        Pill outcome = switch (finding.outcome()) {
            case EQUAL -> Pill.good("Equal");
            case DIFFERENT -> Pill.bad("Different");
            case SKIPPED -> Pill.idle("Not compared");
        };
        return new Line(
                finding.table(),
                finding.nameInDestination(),
                outcome,
                finding.reason(),
                Amounts.count(finding.sourceRows()),
                Amounts.count(finding.destinationRows()),
                finding.differences().stream()
                        .limit(DIFFERENCES)
                        .map(row -> new Row(row.kind(), String.join(", ", row.key()), String.join(", ", row.columns())))
                        .toList(),
                finding.differences().size() > DIFFERENCES || !finding.complete());
    }
}
