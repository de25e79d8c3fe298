package dev.millrace.server.web.account;

import dev.millrace.core.secret.Secret;
import dev.millrace.server.Refusal;
import dev.millrace.server.member.Member;
import dev.millrace.server.member.Role;
import dev.millrace.server.state.Json;
import dev.millrace.server.web.Frame;
import dev.millrace.server.web.Frame.Section;
import dev.millrace.server.web.Moment;
import dev.millrace.server.web.Pill;
import dev.millrace.server.web.Routes;
import dev.millrace.server.web.Site;
import dev.millrace.server.web.Visit;
import dev.millrace.server.web.door.Door;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// Members: who may log in, and what they may do. Administrators change them.
///
/// @param site that it is part of
public record MemberPages(Site site) {

    /// The page.
    public record MembersPage(Frame frame, List<Line> members, List<Role> roles, String givenName, String familyName, String email, String problem) {}

    /// A member.
    ///
    /// @param isSelf whether it is who looks
    public record Line(String id, String name, String email, Role role, Pill pill, boolean active, Optional<Moment> loggedIn, boolean isSelf) {}

    /// Adds its routes.
    public void addTo(Routes routes) {
        routes.get("/members", visit -> visit.show("members", page(visit, "")));
        routes.post("/members", Role.ADMINISTRATOR, this::add);
        routes.post("/members/{id}", Role.ADMINISTRATOR, this::change);
        routes.post("/members/{id}/password", Role.VIEWER, this::password);
    }

    private MembersPage page(Visit visit, String problem) {
        return new MembersPage(
                visit.frame("Members", Section.MEMBERS),
                site.plane().members().all().stream().map(member -> line(visit, member)).toList(),
                List.of(Role.values()),
                visit.form("given_name"),
                visit.form("family_name"),
                visit.form("email"),
                problem);
    }

    private Line line(Visit visit, Member member) {
        return new Line(
                member.id(),
                (member.givenName() + " " + member.familyName()).strip(),
                member.email(),
                member.role(),
                member.active() ? Pill.good("Active") : Pill.idle("Shut out"),
                member.active(),
                member.loggedIn().map(at -> Moment.of(at, site.clock().instant())),
                member.id().equals(visit.login().member().id()));
    }

    private void add(Visit visit) {
        String email = visit.form("email").strip().toLowerCase(Locale.ROOT);
        String password = visit.form("password");
        Optional<String> problem = Door.problem(email, password)
                .or(() -> site.plane().members().findByEmail(email).map(_ -> "There is a member with that address already."));
        if (problem.isPresent()) {
            visit.showAgain("members", page(visit, problem.get()));
            return;
        }
        Role role = Role.find(visit.form("role")).orElse(Role.VIEWER);
        Member member = site.plane().members().add(email, visit.form("given_name").strip(), visit.form("family_name").strip(), role, Optional.of(Secret.of(password)));
        site.plane().audit().add(visit.actor(), "create", "user", member.id(), Json.object().put("email", email).put("role", role.title()));
        visit.go("/members");
    }

    private Member member(Visit visit) {
        return site.plane().members().find(visit.path("id")).orElseThrow(() -> Refusal.notFound("User", visit.path("id")));
    }

    private void change(Visit visit) {
        Member member = member(visit);
        if (member.id().equals(visit.login().member().id())) {
            throw Refusal.conflict("Nobody changes their own role, so that one administrator is always left. Have another one do it.");
        }
        Role role = Role.find(visit.form("role")).orElse(member.role());
        boolean active = !visit.form("active").equals("no");
        Member changed = new Member(member.id(), member.email(), member.givenName(), member.familyName(), role, active, member.created(), member.loggedIn());
        site.plane().members().update(changed);
        site.plane().audit().add(visit.actor(), "edit", "user", member.id(), Json.object().put("role", role.title()).put("active", active));
        visit.go("/members");
    }

    /// Everybody gives themselves another password; administrators also others.
    private void password(Visit visit) {
        Member member = member(visit);
        boolean own = member.id().equals(visit.login().member().id());
        if (!own) {
            visit.require(Role.ADMINISTRATOR);
        }
        Optional<String> problem = Door.problem(member.email(), visit.form("password"));
        if (problem.isPresent()) {
            throw Refusal.invalid(problem.get());
        }
        if (own && site.plane().members().logIn(member.email(), Secret.of(visit.form("old"))).isEmpty()) {
            throw Refusal.invalid("The password so far is another one, so it was not changed.");
        }
        site.plane().members().setPassword(member.id(), Secret.of(visit.form("password")));
        site.plane().audit().add(visit.actor(), "edit", "user", member.id(), Json.object().put("password", "changed"));
        visit.go(own ? "/login" : "/members");
    }
}
