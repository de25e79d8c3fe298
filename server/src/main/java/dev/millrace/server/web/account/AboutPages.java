package dev.millrace.server.web.account;

import dev.millrace.server.state.StateAddress;
import dev.millrace.server.web.Frame;
import dev.millrace.server.web.Frame.Section;
import dev.millrace.server.web.Routes;
import dev.millrace.server.web.Site;
import dev.millrace.server.web.Visit;
import java.util.List;

/// What this server is, and what its pages are made of.
///
/// @param site that it is part of
public record AboutPages(Site site) {

    /// The page.
    public record AboutPage(Frame frame, String memberId, List<Fact> facts) {}

    /// One fact.
    public record Fact(String name, String value) {}

    /// Adds its routes.
    public void addTo(Routes routes) {
        routes.get("/about", visit -> visit.show("about", page(visit)));
    }

    private AboutPage page(Visit visit) {
        boolean file = site.plane().state().address() instanceof StateAddress.InFile;
        return new AboutPage(
                visit.frame("About", Section.ABOUT),
                visit.login().member().id(),
                List.of(
                        new Fact("Folder", site.plane().home().folder().toString()),
                        new Fact("Copies", site.plane().home().destinations().toString()),
                        new Fact("State", file ? "an SQLite file in the folder" : "a PostgreSQL database"),
                        new Fact("Runs now", Integer.toString(site.plane().conductor().active().size())),
                        new Fact("Java", Runtime.version().toString())));
    }
}
