package dev.millrace.server.web.account;

import dev.millrace.server.Fields;
import dev.millrace.server.Refusal;
import dev.millrace.server.group.Group;
import dev.millrace.server.member.Reach;
import dev.millrace.server.member.Role;
import dev.millrace.server.state.Json;
import dev.millrace.server.web.Frame;
import dev.millrace.server.web.Frame.Section;
import dev.millrace.server.web.Moment;
import dev.millrace.server.web.Pill;
import dev.millrace.server.web.Routes;
import dev.millrace.server.web.Site;
import dev.millrace.server.web.Visit;
import dev.millrace.server.webhook.Webhook;
import dev.millrace.server.webhook.WebhookEvents;
import dev.millrace.server.webhook.WebhookSetup;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.node.ObjectNode;

/// Webhooks: addresses that are told what happens. A secret is typed once and shown on no page.
///
/// @param site that it is part of
public record WebhookPages(Site site) {

    /// The page.
    ///
    /// @param typed what stands in the form for a new one
    /// @param outcome what became of a test; empty if none was asked
    public record WebhooksPage(Frame frame, List<Line> webhooks, List<Choice> groups, List<String> events, Typed typed, String problem, Optional<Outcome> outcome) {}

    /// A webhook.
    ///
    /// @param whose whose connections' events are told
    public record Line(String id, String url, String whose, String events, Pill pill, boolean active, boolean signed, Moment created) {}

    /// Something that can be chosen.
    public record Choice(String value, String text) {}

    /// What stands in the form. The secret does not.
    public record Typed(String url, String group, List<String> events) {

        /// Keeps its own copy of the list.
        public Typed {
            events = List.copyOf(events);
        }

        static Typed nothing() {
            return new Typed("", "", List.of("sync_end"));
        }

        static Typed of(Visit visit) {
            return new Typed(visit.form("url").strip(), visit.form("group"), visit.http().formParams("events"));
        }
    }

    /// What became of a test.
    public record Outcome(boolean arrived, String text) {}

    /// Adds its routes.
    public void addTo(Routes routes) {
        routes.get("/webhooks", visit -> visit.show("webhooks", page(visit, Typed.nothing(), "", Optional.empty())));
        routes.post("/webhooks", Role.EDITOR, this::make);
        routes.post("/webhooks/{id}/test", Role.EDITOR, this::test);
        routes.post("/webhooks/{id}/switch", Role.EDITOR, this::change);
        routes.post("/webhooks/{id}/delete", Role.EDITOR, this::delete);
    }

    private WebhookSetup webhooks() {
        return site.plane().webhooks();
    }

    private WebhooksPage page(Visit visit, Typed typed, String problem, Optional<Outcome> outcome) {
        Reach reach = visit.reach();
        return new WebhooksPage(
                visit.frame("Webhooks", Section.WEBHOOKS),
                webhooks().webhooks().all().stream().filter(webhook -> reach.isWhole() || webhook.groupId().filter(reach::sees).isPresent()).map(this::line).toList(),
                site.plane().groups().all().stream().filter(group -> reach.sees(group.id())).map(group -> new Choice(group.id(), group.name())).toList(),
                WebhookEvents.happening(),
                typed,
                problem,
                outcome);
    }

    private Line line(Webhook webhook) {
        return new Line(
                webhook.id(),
                webhook.url(),
                webhook.groupId().map(id -> site.plane().groups().find(id).map(Group::name).orElse(id)).orElse("every destination"),
                String.join(", ", webhook.events()),
                webhook.active() ? Pill.good("On") : Pill.idle("Off"),
                webhook.active(),
                webhook.isSigned(),
                Moment.of(webhook.created(), site.clock().instant()));
    }

    private void make(Visit visit) {
        Typed typed = Typed.of(visit);
        try {
            if (typed.events().isEmpty()) {
                throw Refusal.invalid("The webhook needs one event at least.");
            }
            Optional<String> group = Optional.of(typed.group()).filter(id -> !id.isEmpty());
            if (group.isPresent() && site.plane().groups().find(typed.group()).isEmpty()) {
                throw Refusal.notFound("Group", typed.group());
            }
            ObjectNode body = Json.object().put("url", typed.url()).put("secret", visit.form("secret"));
            body.set("events", Json.tree(typed.events()));
            webhooks().create(group, new Fields(body), visit.actor());
            visit.go("/webhooks");
        } catch (Refusal refusal) {
            visit.showAgain("webhooks", page(visit, typed, refusal.description().replace("`", ""), Optional.empty()));
        }
    }

    private void test(Visit visit) {
        Webhook webhook = webhooks().find(visit.path("id"));
        ObjectNode told = webhooks().test(webhook.id(), new Fields(Json.object().put("event", webhook.events().getFirst())));
        boolean arrived = told.path("succeed").asBoolean(false);
        String text = "%s: %s".formatted(webhook.url(), told.path("message").asString(""));
        visit.show("webhooks", page(visit, Typed.nothing(), "", Optional.of(new Outcome(arrived, text))));
    }

    private void change(Visit visit) {
        Webhook webhook = webhooks().find(visit.path("id"));
        webhooks().change(webhook.id(), new Fields(Json.object().put("active", !webhook.active())), visit.actor());
        visit.go("/webhooks");
    }

    private void delete(Visit visit) {
        webhooks().remove(visit.path("id"), visit.actor());
        visit.go("/webhooks");
    }
}
