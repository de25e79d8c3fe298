package dev.millrace.server.web.setup;

import dev.millrace.server.Fields;
import dev.millrace.server.Refusal;
import dev.millrace.server.destination.DestinationRecord;
import dev.millrace.server.destination.DestinationRecord.SetupStatus;
import dev.millrace.server.group.Group;
import dev.millrace.server.member.Role;
import dev.millrace.server.setup.DestinationSetup;
import dev.millrace.server.setup.DestinationSetup.Tested;
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
import tools.jackson.databind.node.ObjectNode;

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

    /// One destination, to be changed.
    ///
    /// @param line how it stands
    /// @param name that is typed
    /// @param file that is typed
    /// @param findings of the setup tests; none before they are asked
    public record DestinationPage(Frame frame, Line line, String name, String file, String problem, List<FindingView> findings) {}

    /// Adds its routes.
    public void addTo(Routes routes) {
        routes.get("/destinations", visit -> visit.show("destinations", page(visit, "", "", "")));
        routes.post("/destinations", Role.EDITOR, this::make);
        routes.get("/destinations/{id}", visit -> visit.show("destination", page(visit, setup().find(visit.path("id")), List.of())));
        routes.post("/destinations/{id}", Role.EDITOR, this::change);
        routes.post("/destinations/{id}/delete", Role.EDITOR, this::delete);
    }

    private DestinationSetup setup() {
        return site.plane().destinationSetup();
    }

    private DestinationPage page(Visit visit, DestinationRecord destination, List<FindingView> findings) {
        Line line = line(destination);
        return new DestinationPage(visit.frame(line.name(), Section.DESTINATIONS), line, line.name(), line.file(), "", findings);
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
        String path = named(file.isEmpty() ? name.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9_-]+", "_") : file);
        // Whether the file may lie there is known before anything is made.
        requireFree("", path);
        Group group = site.plane().groups().make(name, visit.actor().id());
        ObjectNode body = Json.object().put("group_id", group.id()).put("service", "duckdb");
        body.putObject("config").put("path", path);
        setup().create(new Fields(body), visit.actor());
        return group;
    }

    private static String named(String file) {
        return file.endsWith(".duckdb") ? file : file + ".duckdb";
    }

    private void requireFree(String id, String path) {
        Path wanted = site.plane().orders().file(new DestinationRecord(id, "duckdb", "", "", Json.object().put("path", path), SetupStatus.INCOMPLETE, site.clock().instant()));
        if (site.plane().destinations().all().stream().anyMatch(other -> !other.id().equals(id) && site.plane().orders().file(other).equals(wanted))) {
            throw Refusal.conflict("Another destination has the file '%s'. Name another file.".formatted(path));
        }
    }

    /// Save & Test: answers with what was found.
    private void change(Visit visit) {
        DestinationRecord there = setup().find(visit.path("id"));
        String name = visit.form("name").strip();
        String file = visit.form("file").strip();
        try {
            if (name.isEmpty() || file.isEmpty()) {
                throw Refusal.invalid("A destination has a name and a file.");
            }
            if (site.plane().groups().named(name).filter(other -> !other.id().equals(there.id())).isPresent()) {
                throw Refusal.conflict("There is a destination named '%s' already. Choose another name.".formatted(name));
            }
            // A file that was named otherwise, by a program, is left as it is.
            String path = file.equals(line(there).file()) ? file : named(file);
            requireFree(there.id(), path);
            ObjectNode body = Json.object().put("run_setup_tests", true);
            body.putObject("config").put("path", path);
            Tested tested = setup().change(there.id(), new Fields(body), visit.actor());
            site.plane().groups().rename(there.id(), name);
            visit.show("destination", page(visit, tested.destination(), FindingView.all(tested.findings())));
        } catch (Refusal refusal) {
            Line line = line(there);
            visit.showAgain("destination", new DestinationPage(visit.frame(line.name(), Section.DESTINATIONS), line, name, file, refusal.description(), List.of()));
        }
    }

    private void delete(Visit visit) {
        String id = visit.path("id");
        setup().remove(id, visit.actor());
        site.plane().groups().remove(id);
        visit.go("/destinations");
    }
}
