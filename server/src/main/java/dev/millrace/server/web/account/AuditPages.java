package dev.millrace.server.web.account;

import dev.millrace.server.audit.AuditLog;
import dev.millrace.server.member.Role;
import dev.millrace.server.web.Frame;
import dev.millrace.server.web.Frame.Section;
import dev.millrace.server.web.Moment;
import dev.millrace.server.web.Routes;
import dev.millrace.server.web.Site;
import dev.millrace.server.web.Visit;
import java.util.List;
import java.util.Locale;

/// Who changed what. Administrators see it.
///
/// @param site that it is part of
public record AuditPages(Site site) {

    private static final int ENTRIES = 300;

    /// The page.
    public record AuditPage(Frame frame, List<Line> entries) {}

    /// A change.
    public record Line(Moment at, String actor, String way, String action, String resource, String resourceId, String detail) {}

    /// Adds its routes.
    public void addTo(Routes routes) {
        routes.get("/audit", visit -> {
            visit.require(Role.ADMINISTRATOR);
            visit.show("audit", new AuditPage(visit.frame("Audit log", Section.AUDIT), site.plane().audit().last(ENTRIES).stream().map(this::line).toList()));
        });
    }

    private Line line(AuditLog.Entry entry) {
        return new Line(
                Moment.of(entry.at(), site.clock().instant()),
                entry.actor(),
                entry.way().equals("WEB_UI") ? "page" : entry.way().toLowerCase(Locale.ROOT),
                entry.action(),
                entry.resource().replace('_', ' '),
                entry.resourceId(),
                entry.detail().isEmpty() ? "" : entry.detail().toString());
    }
}
