package dev.millrace.server.web.setup;

import dev.millrace.server.Refusal;
import dev.millrace.server.destination.DestinationChecks;
import dev.millrace.server.destination.DestinationRecord;
import dev.millrace.server.destination.DestinationRecord.SetupStatus;
import dev.millrace.server.group.Group;
import dev.millrace.server.member.Role;
import dev.millrace.server.state.Json;
import dev.millrace.server.web.Frame;
import dev.millrace.server.web.Frame.Section;
import dev.millrace.server.web.Pill;
import dev.millrace.server.web.Routes;
import dev.millrace.server.web.Site;
import dev.millrace.server.web.Visit;
import dev.millrace.worker.progress.Amounts;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/// Destinations: where copies are kept.
///
/// @param site that it is part of
public record DestinationPages(Site site) {

    /// The page.
    ///
    /// @param first whether it is the first step to the first connection
    public record DestinationsPage(Frame frame, List<Line> destinations, String name, String file, String problem, boolean first) {}

    /// A destination.
    public record Line(String id, String name, String file, String size, Pill pill, long connections) {}

    /// Adds its routes.
    public void addTo(Routes routes) {
        routes.get("/destinations", visit -> visit.show("destinations", page(visit, "", "", "")));
        routes.post("/destinations", Role.EDITOR, this::make);
        routes.post("/destinations/{id}/delete", Role.EDITOR, this::delete);
    }

    private DestinationsPage page(Visit visit, String name, String file, String problem) {
        return new DestinationsPage(
                visit.frame("Destinations", Section.DESTINATIONS),
                site.plane().destinations().all().stream().map(this::line).toList(),
                name,
                file,
                problem,
                visit.query("first").isPresent() || visit.form("first").equals("yes"));
    }

    private Line line(DestinationRecord destination) {
        Path file = site.plane().orders().file(destination);
        return new Line(
                destination.id(),
                site.plane().groups().find(destination.id()).map(Group::name).orElse(destination.id()),
                site.plane().home().destinations().relativize(file).toString(),
                size(file),
                destination.setupStatus() == SetupStatus.CONNECTED ? Pill.good("Ready") : Pill.bad("Needs you"),
                site.plane().connections().inGroup(destination.id()).size());
    }

    private static String size(Path file) {
        try {
            return Files.exists(file) ? Amounts.bytes(Files.size(file)) : "not there yet";
        } catch (IOException _) {
            return "?";
        }
    }

    private void make(Visit visit) {
        String name = visit.form("name").strip();
        String file = visit.form("file").strip();
        try {
            Group group = create(visit, name, file);
            visit.go(visit.form("first").equals("yes") ? "/connections/new?group=" + group.id() : "/destinations");
        } catch (Refusal refusal) {
            visit.showAgain("destinations", page(visit, name, file, refusal.description()));
        }
    }

    private Group create(Visit visit, String name, String file) {
        if (name.isEmpty()) {
            throw Refusal.invalid("The destination needs a name: what people call it.");
        }
        if (site.plane().groups().named(name).isPresent()) {
            throw Refusal.conflict("There is a destination named '%s' already. Choose another name.".formatted(name));
        }
        String path = file.isEmpty() ? name.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9_-]+", "_") : file;
        path = path.endsWith(".duckdb") ? path : path + ".duckdb";
        // Whether the file may lie there is known before anything is made.
        Path wanted = site.plane().orders().file(destination("unmade", path));
        if (site.plane().destinations().all().stream().anyMatch(other -> site.plane().orders().file(other).equals(wanted))) {
            throw Refusal.conflict("Another destination has the file '%s'. Name another file.".formatted(path));
        }
        Group group = site.plane().groups().make(name, visit.actor().id());
        DestinationRecord destination = destination(group.id(), path);
        site.plane().destinations().add(destination.found(isFit(destination) ? SetupStatus.CONNECTED : SetupStatus.INCOMPLETE));
        site.plane().audit().add(visit.actor(), "create", "destination", group.id(), Json.object().put("service", destination.service()).put("name", name));
        return group;
    }

    private boolean isFit(DestinationRecord destination) {
        return new DestinationChecks(site.plane().orders()).ask(destination).valueStream().noneMatch(finding -> finding.path("status").asString("").equals("FAILED"));
    }

    private DestinationRecord destination(String id, String path) {
        return new DestinationRecord(id, "duckdb", "GCP_US_EAST4", "0", Json.object().put("path", path), SetupStatus.INCOMPLETE, site.clock().instant());
    }

    private void delete(Visit visit) {
        String id = visit.path("id");
        DestinationRecord destination = site.plane().destinations().find(id).orElseThrow(() -> Refusal.notFound("Destination", id));
        if (!site.plane().connections().inGroup(id).isEmpty()) {
            throw Refusal.conflict("The destination has connections. Delete them first.");
        }
        site.plane().destinations().remove(destination.id());
        site.plane().groups().remove(id);
        site.plane().audit().add(visit.actor(), "delete", "destination", id, Json.object());
        visit.go("/destinations");
    }
}
