package dev.millrace.server.web.door;

import dev.millrace.core.secret.Secret;
import dev.millrace.server.member.Actor;
import dev.millrace.server.member.Member;
import dev.millrace.server.member.Members.Login;
import dev.millrace.server.member.Role;
import dev.millrace.server.state.Json;
import dev.millrace.server.web.Frame;
import dev.millrace.server.web.Routes;
import dev.millrace.server.web.Site;
import dev.millrace.worker.progress.Amounts;
import io.javalin.http.Context;
import io.javalin.http.HttpStatus;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// The log-in, the log-out, and the welcome of the first administrator.
public final class Door {

    /// How long a password has to be: length is what counts.
    public static final int PASSWORD_LENGTH = 12;

    private final Site site;
    private final Welcome welcome;
    private final Throttle throttle;

    /// Of a site.
    public Door(Site site, Welcome welcome) {
        this.site = site;
        this.welcome = welcome;
        this.throttle = new Throttle(site.clock());
    }

    /// The log-in.
    ///
    /// @param to where it leads
    /// @param isNew whether there is no member yet
    public record LoginPage(Frame frame, String email, String to, String problem, boolean isNew) {}

    /// The welcome.
    public record WelcomePage(Frame frame, String token, String givenName, String familyName, String email, String problem) {}

    /// Adds its routes.
    public void addTo(Routes routes) {
        routes.config().get("/login", this::login);
        routes.config().post("/login", this::logIn);
        routes.post("/logout", Role.VIEWER, visit -> {
            site.plane().members().logOut(visit.login().token());
            LoginCookie.take(visit.http());
            visit.go("/login");
        });
        routes.config().get("/welcome", this::welcome);
        routes.config().post("/welcome", this::makeFirst);
    }

    private Frame frame(String title) {
        return new Frame(title, Optional.empty(), Optional.empty(), false, site.assets());
    }

    private void show(Context http, String template, Object page) {
        http.contentType("text/html; charset=utf-8").result(site.templates().html(template, page));
    }

    private void login(Context http) {
        show(http, "login", new LoginPage(frame("Log in"), "", field(http.queryParam("to")), "", welcome.isOpen()));
    }

    private static String field(@Nullable String value) {
        return Optional.ofNullable(value).orElse("");
    }

    /// Nobody is logged in yet, so no log-in's token can be in the form; browsers say where it came from.
    private static boolean isForeign(Context http) {
        String site = field(http.header("Sec-Fetch-Site"));
        return !site.isEmpty() && !site.equals("same-origin") && !site.equals("none");
    }

    private void logIn(Context http) {
        String email = field(http.formParam("email")).strip().toLowerCase(Locale.ROOT);
        String to = field(http.formParam("to"));
        Duration pause = throttle.pause(email);
        Optional<Login> login = pause.isPositive() || isForeign(http)
                ? Optional.empty()
                : site.plane().members().logIn(email, Secret.of(field(http.formParam("password"))));
        if (login.isPresent()) {
            throttle.forget(email);
            enter(http, login.get(), isOwnPath(to) ? to : "/");
            return;
        }
        if (pause.isZero()) {
            throttle.count(email);
        }
        http.status(pause.isZero() ? 401 : 429);
        String problem = pause.isZero()
                ? "E-mail address and password do not belong together. Try again, or have an administrator give you another password."
                : "Too many wrong passwords. Try again in %s.".formatted(Amounts.duration(pause));
        show(http, "login", new LoginPage(frame("Log in"), email, to, problem, welcome.isOpen()));
    }

    /// `//elsewhere` and `/\elsewhere` lead to another site.
    private static boolean isOwnPath(String to) {
        return to.startsWith("/") && !to.startsWith("//") && !to.contains("\\") && to.chars().noneMatch(Character::isISOControl);
    }

    private static void enter(Context http, Login login, String to) {
        LoginCookie.give(http, login.token());
        http.redirect(to, HttpStatus.SEE_OTHER);
    }

    private void welcome(Context http) {
        String token = field(http.queryParam("token"));
        if (!welcome.admits(token)) {
            http.status(403);
            show(http, "login", new LoginPage(frame("Log in"), "", "", closed(), false));
            return;
        }
        show(http, "welcome", new WelcomePage(frame("Welcome"), token, "", "", "", ""));
    }

    private String closed() {
        return welcome.isOpen()
                ? "The link is not the one that this server printed when it started. Use that one, or start the server again for another."
                : "There is an administrator already. Log in, or have them make you a member.";
    }

    private synchronized void makeFirst(Context http) {
        String token = field(http.formParam("token"));
        if (!welcome.admits(token) || isForeign(http)) {
            http.status(403);
            show(http, "login", new LoginPage(frame("Log in"), "", "", closed(), false));
            return;
        }
        String givenName = field(http.formParam("given_name")).strip();
        String familyName = field(http.formParam("family_name")).strip();
        String email = field(http.formParam("email")).strip().toLowerCase(Locale.ROOT);
        String password = field(http.formParam("password"));
        Optional<String> problem = problem(email, password);
        if (problem.isPresent()) {
            http.status(422);
            show(http, "welcome", new WelcomePage(frame("Welcome"), token, givenName, familyName, email, problem.get()));
            return;
        }
        Member member = site.plane().members().add(email, givenName, familyName, Role.ADMINISTRATOR, Optional.of(Secret.of(password)));
        site.plane().audit().add(member.actor(Actor.Way.WEB_UI), "create", "user", member.id(), Json.object().put("role", member.role().title()));
        enter(http, site.plane().members().logIn(member), "/");
    }

    /// What is wrong with an address and a password that somebody chose; empty if nothing is.
    public static Optional<String> problem(String email, String password) {
        if (!email.contains("@")) {
            return Optional.of("The e-mail address has no @. It is what you log in by.");
        }
        return password.length() < PASSWORD_LENGTH
                ? Optional.of("The password has %d characters; it needs %d or more.".formatted(password.length(), PASSWORD_LENGTH))
                : Optional.empty();
    }
}
