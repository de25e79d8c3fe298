package dev.millrace.server.web.setup;

import dev.millrace.server.Fields;
import dev.millrace.server.Refusal;
import dev.millrace.server.destination.DestinationField;
import dev.millrace.server.destination.DestinationKind;
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

    private static final String DUCKDB_ENDING = ".duckdb";

    /// The page.
    ///
    /// @param form of a new one
    /// @param first whether it is the first step to the first connection
    public record DestinationsPage(Frame frame, List<Line> destinations, DestinationForm form, boolean first) {}

    /// A destination.
    ///
    /// @param kind what people call what it keeps copies in
    /// @param where it is
    /// @param size of its file; empty where nobody knows
    public record Line(String id, String name, String kind, String where, String size, Pill pill, long connections) {}

    /// One destination, to be changed.
    ///
    /// @param line how it stands
    /// @param form what is typed
    /// @param findings of the setup tests; none before they are asked
    public record DestinationPage(Frame frame, Line line, DestinationForm form, List<FindingView> findings) {}

    /// Adds its routes.
    public void addTo(Routes routes) {
        routes.get("/destinations", visit -> visit.show("destinations", page(visit, DestinationForm.fresh(kind(visit.query("kind").orElse("duckdb"))))));
        routes.post("/destinations", Role.EDITOR, this::make);
        routes.get("/destinations/{id}", this::show);
        routes.post("/destinations/{id}", Role.EDITOR, this::change);
        routes.post("/destinations/{id}/approve", Role.EDITOR, this::approve);
        routes.post("/destinations/{id}/delete", Role.EDITOR, this::delete);
    }

    private DestinationSetup setup() {
        return site.plane().destinationSetup();
    }

    private static DestinationKind kind(String setting) {
        return DestinationKind.of(setting);
    }

    private void show(Visit visit) {
        DestinationRecord destination = setup().find(visit.path("id"));
        visit.show("destination", page(visit, destination, List.of()));
    }

    private DestinationPage page(Visit visit, DestinationRecord destination, List<FindingView> findings) {
        Line line = line(destination);
        return new DestinationPage(visit.frame(line.name(), Section.DESTINATIONS), line, form(destination), findings);
    }

    private DestinationForm form(DestinationRecord destination) {
        DestinationForm form = DestinationForm.of(destination, name(destination));
        return destination.kind() == DestinationKind.DUCKDB ? form.with(DestinationField.PATH, where(destination)) : form;
    }

    private DestinationsPage page(Visit visit, DestinationForm form) {
        return new DestinationsPage(
                visit.frame("Destinations", Section.DESTINATIONS),
                site.plane().destinations().all().stream().filter(destination -> visit.reach().sees(destination.id())).map(this::line).toList(),
                form,
                visit.query("first").isPresent() || visit.form("first").equals("yes"));
    }

    private String name(DestinationRecord destination) {
        return site.plane().groups().find(destination.id()).map(Group::name).orElse(destination.id());
    }

    private Line line(DestinationRecord destination) {
        return new Line(
                destination.id(),
                name(destination),
                destination.kind().label(),
                where(destination),
                destination.kind() == DestinationKind.DUCKDB ? size(site.plane().orders().file(destination)) : "",
                destination.setupStatus() == SetupStatus.CONNECTED ? Pill.good("Ready") : Pill.bad("Needs you"),
                site.plane().connections().inGroup(destination.id()).size());
    }

    /// Where it is, as people would say it.
    private String where(DestinationRecord destination) {
        ObjectNode config = destination.config();
        return switch (destination.kind()) {
            case DUCKDB -> site.plane().home().destinations().relativize(site.plane().orders().file(destination)).toString();
            case POSTGRES -> "%s:%s/%s".formatted(
                    config.path("host").asString(""), config.path("port").asString("5432"), config.path("database").asString(""));
            case ICEBERG -> config.path("warehouse").asString("");
        };
    }

    private static String size(Path file) {
        try {
            return Files.exists(file) ? Amounts.bytes(Files.size(file)) : "not there yet";
        } catch (IOException _) {
            return "?";
        }
    }

    private void make(Visit visit) {
        DestinationForm form = DestinationForm.typed(visit, kind(visit.form("kind")), List.of());
        try {
            Group group = create(visit, form);
            visit.go(visit.form("first").equals("yes") ? "/connections/new?group=" + group.id() : "/destinations");
        } catch (Refusal refusal) {
            visit.showAgain("destinations", page(visit, form.refused(refusal.description())));
        }
    }

    private Group create(Visit visit, DestinationForm form) {
        requireName("", form.name());
        DestinationForm whole = withEnding(form.values().getOrDefault("path", "").isEmpty()
                ? form.with(DestinationField.PATH, form.name().toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9_-]+", "_"))
                : form);
        // Whether it may lie there is known before anything is made.
        requireFree("", whole);
        Group group = site.plane().groups().make(form.name(), visit.actor().id());
        try {
            ObjectNode body = Json.object().put("group_id", group.id()).put("service", whole.kind().setting());
            body.set("config", whole.config());
            setup().create(new Fields(body), visit.actor());
            return group;
        } catch (Refusal refusal) {
            site.plane().groups().remove(group.id());
            throw refusal;
        }
    }

    private void requireName(String id, String name) {
        if (name.isEmpty()) {
            throw Refusal.invalid("The destination needs a name: what people call it.");
        }
        if (site.plane().groups().named(name).filter(other -> !other.id().equals(id)).isPresent()) {
            throw Refusal.conflict("There is a destination named '%s' already. Choose another name.".formatted(name));
        }
    }

    private static DestinationForm withEnding(DestinationForm form) {
        String path = form.values().getOrDefault("path", "");
        return form.kind() != DestinationKind.DUCKDB || path.endsWith(DUCKDB_ENDING) ? form : form.with(DestinationField.PATH, path + DUCKDB_ENDING);
    }

    private void requireFree(String id, DestinationForm form) {
        DestinationRecord wanted =
                new DestinationRecord(id, form.kind().setting(), "", "", form.config(), SetupStatus.INCOMPLETE, site.clock().instant());
        String place = where(wanted);
        if (site.plane().destinations().all().stream()
                .anyMatch(other -> !other.id().equals(id) && other.kind() == form.kind() && where(other).equals(place))) {
            throw Refusal.conflict("Another destination is '%s' already. Connections can share it: choose it when you make one.".formatted(place));
        }
    }

    /// Save & Test: answers with what was found.
    private void change(Visit visit) {
        DestinationRecord there = setup().find(visit.path("id"));
        DestinationForm typed = DestinationForm.typed(visit, there.kind(), List.copyOf(there.secrets().values().keySet()));
        try {
            requireName(there.id(), typed.name());
            // A file that was named otherwise, by a program, is left as it is.
            DestinationForm form = typed.value(DestinationField.PATH).equals(where(there)) ? typed : withEnding(typed);
            requireFree(there.id(), form);
            ObjectNode body = Json.object().put("run_setup_tests", true);
            body.set("config", form.config());
            Tested tested = setup().change(there.id(), new Fields(body), visit.actor());
            site.plane().groups().rename(there.id(), form.name());
            visit.show("destination", page(visit, tested.destination(), FindingView.all(tested.findings())));
        } catch (Refusal refusal) {
            Line line = line(there);
            visit.showAgain(
                    "destination",
                    new DestinationPage(visit.frame(line.name(), Section.DESTINATIONS), line, typed.refused(refusal.description()), List.of()));
        }
    }

    private void approve(Visit visit) {
        Tested tested = setup().approve(visit.path("id"), visit.form("fingerprint"), visit.actor());
        visit.show("destination", page(visit, tested.destination(), FindingView.all(tested.findings())));
    }

    private void delete(Visit visit) {
        String id = visit.path("id");
        setup().remove(id, visit.actor());
        site.plane().groups().remove(id);
        visit.go("/destinations");
    }
}
