package dev.millrace.server.web.setup;

import dev.millrace.core.check.Approvable;
import dev.millrace.core.check.Finding;
import dev.millrace.server.Refusal;
import dev.millrace.server.check.Examinations;
import dev.millrace.server.connection.ConnectionRecord;
import dev.millrace.server.member.Role;
import dev.millrace.server.state.Json;
import dev.millrace.server.web.Routes;
import dev.millrace.server.web.Site;
import dev.millrace.server.web.Stream;
import dev.millrace.server.web.Visit;
import dev.millrace.server.web.connection.Glance;
import dev.millrace.server.web.connection.Head;
import dev.millrace.server.web.setup.Examinings.Examining;
import java.util.List;
import java.util.Optional;

/// The setup tests as they are asked, and the approval of what a server shows of itself.
///
/// @param site that it is part of
public record TestPages(Site site) {

    private static final long BREATH_MILLIS = 5_000;

    /// The page.
    ///
    /// @param live whether findings are still to come, or can be told again
    /// @param findings that are remembered, where they are not told
    public record TestPage(Head head, boolean live, List<FindingView> findings, Outcome outcome) {}

    /// How all of them ended.
    ///
    /// @param fit whether nothing failed
    /// @param problem why they could not be asked
    /// @param csrf for the form that begins the first sync
    public record Outcome(Glance glance, boolean fit, String problem, String csrf, boolean isEditor) {}

    /// A finding on its page.
    public record FindingPage(FindingView finding, String path, String csrf, boolean isEditor) {}

    /// Adds its routes.
    public void addTo(Routes routes) {
        routes.get("/connections/{id}/tests", this::show);
        routes.post("/connections/{id}/tests", Role.EDITOR, visit -> {
            ConnectionRecord connection = Head.connection(visit);
            site.examinings().begin(connection, visit.actor());
            visit.go("/connections/%s/tests".formatted(connection.id()));
        });
        routes.post("/connections/{id}/approve", Role.EDITOR, this::approve);
        routes.stream("/connections/{id}/tests/stream", this::tell);
    }

    private void show(Visit visit) {
        Head head = Head.of(visit, Head.Tab.SETUP);
        boolean live = site.examinings().last(head.glance().id()).isPresent();
        List<FindingView> findings = live ? List.of() : FindingView.all(site.plane().connections().standing(head.glance().id()).setupTests());
        visit.show("tests", new TestPage(head, live, findings, outcome(visit, head.glance(), head.glance().isSetUp(), "")));
    }

    private static Outcome outcome(Visit visit, Glance glance, boolean fit, String problem) {
        return new Outcome(glance, fit, problem, visit.login().csrf(), visit.may(Role.EDITOR));
    }

    private void tell(Visit visit, Stream stream) {
        ConnectionRecord connection = Head.connection(visit);
        Optional<Examining> found = site.examinings().last(connection.id());
        if (found.isEmpty()) {
            stream.tell("done", "");
            return;
        }
        Examining examining = found.get();
        int told = 0;
        try {
            while (!stream.isGone() && !examining.isOver(told)) {
                List<Finding> news = examining.after(told, BREATH_MILLIS);
                told += news.size();
                for (Finding finding : news) {
                    FindingView view = FindingView.of(Examinations.told(finding));
                    stream.tell("finding", site.templates().html("finding", new FindingPage(
                            view, "/connections/" + connection.id(), visit.login().csrf(), visit.may(Role.EDITOR))));
                }
                if (news.isEmpty()) {
                    stream.breathe();
                }
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            return;
        }
        Glance glance = Glance.of(site, site.plane().setup().find(connection.id()));
        stream.tell("done", site.templates().html("testsOutcome", outcome(visit, glance, examining.isFit(), examining.problem())));
    }

    private void approve(Visit visit) {
        ConnectionRecord connection = Head.connection(visit);
        String fingerprint = visit.form("fingerprint");
        Approvable shown = site.examinings()
                .last(connection.id())
                .flatMap(examining -> examining.shown(fingerprint))
                .orElseThrow(() -> Refusal.conflict("That was not shown by the server in the last setup tests, so it was not approved. Run the tests again."));
        site.plane().connections().approve(connection.id(), shown, visit.actor().id());
        site.plane().audit().add(
                visit.actor(), "approve", "connection", connection.id(), Json.object().put("kind", shown.kind().name()).put("fingerprint", shown.fingerprint()));
        site.examinings().begin(connection, visit.actor());
        visit.go("/connections/%s/tests".formatted(connection.id()));
    }
}
