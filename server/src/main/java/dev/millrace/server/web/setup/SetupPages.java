package dev.millrace.server.web.setup;

import dev.millrace.server.Refusal;
import dev.millrace.server.connection.ConfigField;
import dev.millrace.server.connection.ConnectionRecord;
import dev.millrace.server.connection.Schedule;
import dev.millrace.server.destination.DestinationRecord;
import dev.millrace.server.group.Group;
import dev.millrace.server.member.Reach;
import dev.millrace.server.member.Role;
import dev.millrace.server.setup.ConnectionSetup;
import dev.millrace.server.web.Frame;
import dev.millrace.server.web.Frame.Section;
import dev.millrace.server.web.Routes;
import dev.millrace.server.web.Site;
import dev.millrace.server.web.Visit;
import dev.millrace.server.web.connection.Glance;
import dev.millrace.server.web.connection.Head;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Making a connection, and changing how one is set up.
///
/// @param site that it is part of
public record SetupPages(Site site) {

    /// The page.
    ///
    /// @param head of the connection; empty for a new one
    /// @param findings of its last setup tests
    public record SetupPage(Frame frame, Optional<Head> head, SetupForm form, Guide guide, List<Choice> destinations, List<Choice> services, List<Choice> agents, List<Choice> frequencies, List<FindingView> findings) {

        /// Whether it is yet to be made.
        public boolean isNew() {
            return head.isEmpty();
        }

        /// Where the form is sent.
        public String action() {
            return head.map(one -> one.path() + "/setup").orElse("/connections/new");
        }

        /// A field by its constant.
        public ConfigField field(String name) {
            return ConfigField.valueOf(name);
        }
    }

    /// Something that can be chosen.
    public record Choice(String value, String text) {}

    /// Adds its routes.
    public void addTo(Routes routes) {
        routes.get("/connections/new", this::fresh);
        routes.post("/connections/new", Role.EDITOR, this::make);
        routes.post("/guide", Role.EDITOR, visit -> visit.show("guide", Guide.of(site, SetupForm.typed(visit, List.of()))));
        routes.get("/connections/{id}/setup", visit -> {
            ConnectionRecord connection = Head.connection(visit);
            visit.show("setup", page(visit, Optional.of(connection), SetupForm.of(connection)));
        });
        routes.post("/connections/{id}/setup", Role.EDITOR, this::change);
    }

    private void fresh(Visit visit) {
        visit.require(Role.EDITOR);
        List<DestinationRecord> destinations = places(visit, Role.EDITOR);
        if (destinations.isEmpty()) {
            visit.go("/destinations?first=yes");
            return;
        }
        String group = visit.query("group").orElse(destinations.getLast().id());
        visit.show("setup", page(visit, Optional.empty(), SetupForm.fresh(group)));
    }

    private void make(Visit visit) {
        SetupForm form = SetupForm.typed(visit, List.of()).missing();
        if (!form.problems().isEmpty()) {
            visit.showAgain("setup", page(visit, Optional.empty(), form));
            return;
        }
        try {
            ConnectionRecord made = site.plane().setup().create(form.body(true), visit.actor());
            visit.site().examinings().begin(made, visit.actor());
            visit.go("/connections/%s/tests".formatted(made.id()));
        } catch (Refusal refusal) {
            visit.showAgain("setup", page(visit, Optional.empty(), form.refused(refusal.description())));
        }
    }

    private void change(Visit visit) {
        ConnectionRecord connection = Head.connection(visit);
        List<String> kept = List.copyOf(connection.secrets().values().keySet());
        SetupForm typed = SetupForm.typed(visit, kept);
        // What cannot be changed is not sent by browsers.
        Map<String, String> values = new LinkedHashMap<>(typed.values());
        values.put("group_id", connection.groupId());
        values.put("service", connection.service());
        values.put("schema_prefix", connection.schemaPrefix());
        SetupForm form = new SetupForm(values, Map.of(), kept).missing();
        if (!form.problems().isEmpty()) {
            visit.showAgain("setup", page(visit, Optional.of(connection), form));
            return;
        }
        try {
            ConnectionRecord changed = site.plane().setup().change(connection.id(), form.body(false), visit.actor());
            visit.site().examinings().begin(changed, visit.actor());
            visit.go("/connections/%s/tests".formatted(changed.id()));
        } catch (Refusal refusal) {
            visit.showAgain("setup", page(visit, Optional.of(connection), form.refused(refusal.description())));
        }
    }

    private SetupPage page(Visit visit, Optional<ConnectionRecord> connection, SetupForm form) {
        Optional<Head> head = connection.map(one -> Head.of(visit, one, Head.Tab.SETUP));
        return new SetupPage(
                head.map(Head::frame).orElseGet(() -> visit.frame("New connection", Section.CONNECTIONS)),
                head,
                form,
                Guide.of(site, form),
                places(visit, connection.isPresent() ? Role.VIEWER : Role.EDITOR).stream().map(this::choice).toList(),
                ConnectionSetup.SERVICES.stream().map(name -> new Choice(name, Glance.service(name))).toList(),
                site.plane().agents().all().stream().map(agent -> new Choice(agent.id(), agent.displayName())).toList(),
                frequencies(form.value("sync_frequency")),
                connection.map(one -> FindingView.all(site.plane().connections().standing(one.id()).setupTests())).orElse(List.of()));
    }

    /// The destinations with which who visits may do what a role may.
    private List<DestinationRecord> places(Visit visit, Role role) {
        Reach reach = visit.reach();
        return site.plane().destinations().all().stream().filter(destination -> reach.covers(destination.id(), role)).toList();
    }

    private Choice choice(DestinationRecord destination) {
        return new Choice(destination.id(), site.plane().groups().find(destination.id()).map(Group::name).orElse(destination.id()));
    }

    private static List<Choice> frequencies(String now) {
        List<Choice> all = new ArrayList<>();
        all.add(new Choice("continuous", "all the time"));
        Schedule.MINUTES.forEach(minutes -> all.add(new Choice(minutes.toString(), Glance.every(minutes))));
        if (!now.isEmpty() && all.stream().noneMatch(choice -> choice.value().equals(now))) {
            all.add(new Choice(now, "every " + now + " min"));
        }
        return all;
    }
}
