package dev.millrace.server.web.setup;

import dev.millrace.route.agent.AgentRecord;
import dev.millrace.route.agent.NewAgent;
import dev.millrace.server.Refusal;
import dev.millrace.server.agent.ProxyAgents;
import dev.millrace.server.member.Role;
import dev.millrace.server.state.Json;
import dev.millrace.server.web.Frame;
import dev.millrace.server.web.Frame.Section;
import dev.millrace.server.web.Moment;
import dev.millrace.server.web.Pill;
import dev.millrace.server.web.Routes;
import dev.millrace.server.web.Site;
import dev.millrace.server.web.Visit;
import dev.millrace.worker.progress.Amounts;
import java.util.List;
import java.util.Optional;

/// Agents in networks that cannot be dialled from here. A token is on the page that makes it, and on no other.
///
/// @param site that it is part of
public record AgentPages(Site site) {

    /// The page.
    ///
    /// @param listens whether agents have a gateway of this server to dial
    /// @param configuration of an agent that was just made; empty otherwise
    public record AgentsPage(Frame frame, List<Line> agents, boolean listens, String configuration, String name, String problem) {}

    /// An agent.
    public record Line(String id, String name, Pill pill, Optional<Moment> seen, String sessions, String bytes, long connections) {}

    /// Adds its routes.
    public void addTo(Routes routes) {
        routes.get("/agents", visit -> visit.show("agents", page(visit, "", "")));
        routes.post("/agents", Role.EDITOR, this::make);
        routes.post("/agents/{id}/renew", Role.EDITOR, this::renew);
        routes.post("/agents/{id}/delete", Role.EDITOR, this::delete);
    }

    private ProxyAgents agents() {
        return site.plane().agents();
    }

    private AgentsPage page(Visit visit, String configuration, String problem) {
        return new AgentsPage(
                visit.frame("Agents", Section.AGENTS),
                agents().all().stream().map(this::line).toList(),
                agents().listen().isPresent(),
                configuration,
                problem.isEmpty() ? "" : visit.form("name"),
                problem);
    }

    private Line line(AgentRecord agent) {
        return new Line(
                agent.id(),
                agent.displayName(),
                agents().isConnected(agent) ? Pill.good("Connected") : agent.lastSeen().isEmpty() ? Pill.idle("Never seen") : Pill.bad("Not connected"),
                agent.lastSeen().map(at -> Moment.of(at, site.clock().instant())),
                Amounts.count(agent.sessions()),
                Amounts.bytes(agent.bytes()),
                connections(agent));
    }

    private long connections(AgentRecord agent) {
        return site.plane().connections().all().stream().filter(connection -> connection.agentId().filter(agent.id()::equals).isPresent()).count();
    }

    private void make(Visit visit) {
        String name = visit.form("name").strip();
        try {
            if (name.isEmpty()) {
                throw Refusal.invalid("The agent needs a name: where it runs.");
            }
            NewAgent made = agents().create(name);
            site.plane().audit().add(visit.actor(), "create", "proxy_agent", made.id(), Json.object().put("display_name", name));
            visit.show("agents", page(visit, configuration(visit, made), ""));
        } catch (Refusal refusal) {
            visit.showAgain("agents", page(visit, "", refusal.description()));
        }
    }

    private void renew(Visit visit) {
        NewAgent renewed = agents().renew(visit.path("id"));
        site.plane().audit().add(visit.actor(), "edit", "proxy_agent", renewed.id(), Json.object().put("token", "renewed"));
        visit.show("agents", page(visit, configuration(visit, renewed), ""));
    }

    private String configuration(Visit visit, NewAgent agent) {
        return agents().configuration(agent, agents().dialled(Optional.ofNullable(visit.http().host()).orElse(""))).strip();
    }

    private void delete(Visit visit) {
        AgentRecord agent = agents().find(visit.path("id"));
        if (connections(agent) > 0) {
            throw Refusal.conflict("Connections go by way of the agent '%s'. Set up another way for them, or delete them, first.".formatted(agent.displayName()));
        }
        agents().registry().remove(agent.id());
        site.plane().audit().add(visit.actor(), "delete", "proxy_agent", agent.id(), Json.object().put("display_name", agent.displayName()));
        visit.go("/agents");
    }
}
