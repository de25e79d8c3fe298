package dev.millrace.server.web.connection;

import dev.millrace.server.member.Reach;
import dev.millrace.server.member.Role;
import dev.millrace.server.web.Frame;
import dev.millrace.server.web.Frame.Section;
import dev.millrace.server.web.Routes;
import dev.millrace.server.web.Site;
import dev.millrace.server.web.Visit;
import java.util.List;

/// The list of connections, which keeps itself up to date.
///
/// @param site that it is part of
public record ListPages(Site site) {

    /// The list.
    ///
    /// @param reach of who looks
    /// @param hasDestination whether a connection could be made
    public record ListPage(Frame frame, List<Glance> connections, Reach reach, boolean hasDestination) {

        /// Whether who looks may change a connection.
        public boolean mayChange(Glance one) {
            return reach.covers(one.groupId(), Role.EDITOR);
        }
    }

    /// Adds its routes.
    public void addTo(Routes routes) {
        routes.get("/", visit -> visit.show("connections", page(visit)));
        routes.get("/connections", visit -> visit.go("/"));
        routes.get("/connections/rows", visit -> visit.show("connectionRows", page(visit)));
    }

    private ListPage page(Visit visit) {
        Reach reach = visit.reach();
        return new ListPage(
                visit.frame("Connections", Section.CONNECTIONS),
                site.plane().connections().all().stream().filter(connection -> reach.sees(connection.groupId())).map(connection -> Glance.of(site, connection)).toList(),
                reach,
                !site.plane().destinations().all().isEmpty());
    }
}
