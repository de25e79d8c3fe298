package dev.millrace.server.web.account;

import dev.millrace.server.Refusal;
import dev.millrace.server.Refusal.Reason;
import dev.millrace.server.member.ApiKey;
import dev.millrace.server.member.ApiKeys;
import dev.millrace.server.member.Member;
import dev.millrace.server.member.Role;
import dev.millrace.server.state.Json;
import dev.millrace.server.web.Frame;
import dev.millrace.server.web.Frame.Section;
import dev.millrace.server.web.Moment;
import dev.millrace.server.web.Routes;
import dev.millrace.server.web.Site;
import dev.millrace.server.web.Visit;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// API keys: a member's own, and those of programs, which administrators make.
///
/// @param site that it is part of
public record KeyPages(Site site) {

    /// The page.
    ///
    /// @param fresh a key that was just made, whose secret is shown this once
    public record KeysPage(Frame frame, List<Line> keys, Optional<Shown> fresh, List<Role> roles, String problem) {}

    /// A key.
    public record Line(String id, String name, String owner, String role, Moment created, Optional<Moment> used, boolean mayRevoke) {}

    /// A key and its secret.
    public record Shown(String name, String key, String secret) {}

    /// Adds its routes.
    public void addTo(Routes routes) {
        routes.get("/keys", visit -> visit.show("keys", page(visit, Optional.empty(), "")));
        routes.post("/keys", Role.VIEWER, this::make);
        routes.post("/keys/{id}/revoke", Role.VIEWER, this::revoke);
    }

    private KeysPage page(Visit visit, Optional<Shown> fresh, String problem) {
        return new KeysPage(
                visit.frame("API keys", Section.KEYS),
                Stream.of(ApiKey.Kind.values()).flatMap(kind -> site.plane().keys().all(kind).stream()).filter(key -> maySee(visit, key)).map(this::line).toList(),
                fresh,
                Stream.of(Role.values()).filter(role -> visit.login().member().role().covers(role)).toList(),
                problem);
    }

    private static boolean isAdministrator(Visit visit) {
        return visit.login().member().role().covers(Role.ADMINISTRATOR);
    }

    private static boolean maySee(Visit visit, ApiKey key) {
        return isAdministrator(visit) || key.memberId().filter(visit.login().member().id()::equals).isPresent();
    }

    private Line line(ApiKey key) {
        return new Line(
                key.id(),
                key.name(),
                key.memberId().flatMap(site.plane().members()::find).map(Member::email).orElse("a program"),
                key.role().title(),
                Moment.of(key.created(), site.clock().instant()),
                key.used().map(at -> Moment.of(at, site.clock().instant())),
                true);
    }

    private void make(Visit visit) {
        String name = visit.form("name").strip();
        Role role = Role.find(visit.form("role")).orElse(Role.VIEWER);
        if (name.isEmpty()) {
            visit.showAgain("keys", page(visit, Optional.empty(), "The key needs a name: what it is for."));
            return;
        }
        visit.require(role);
        boolean program = visit.form("kind").equals("SYSTEM");
        if (program) {
            visit.require(Role.ADMINISTRATOR);
        }
        Member member = visit.login().member();
        ApiKeys.Fresh fresh = site.plane().keys().make(
                program ? ApiKey.Kind.SYSTEM : ApiKey.Kind.MEMBER,
                program ? Optional.empty() : Optional.of(member.id()),
                name,
                role,
                Json.list(),
                Optional.empty(),
                member.id());
        site.plane().audit().add(visit.actor(), "create", "api_key", fresh.key().id(), Json.object().put("name", name).put("role", role.title()));
        visit.show("keys", page(visit, Optional.of(new Shown(name, fresh.key().id(), fresh.secret().reveal())), ""));
    }

    private void revoke(Visit visit) {
        String id = visit.path("id");
        ApiKey key = site.plane().keys().find(id).orElseThrow(() -> Refusal.notFound("Key", id));
        if (!maySee(visit, key)) {
            throw new Refusal(Reason.FORBIDDEN, "The key belongs to somebody else, and only an administrator may revoke it.");
        }
        site.plane().keys().remove(id);
        site.plane().audit().add(visit.actor(), "delete", "api_key", id, Json.object().put("name", key.name()));
        visit.go("/keys");
    }
}
