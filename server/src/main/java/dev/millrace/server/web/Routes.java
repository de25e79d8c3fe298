package dev.millrace.server.web;

import dev.millrace.core.fault.Fault;
import dev.millrace.server.Refusal;
import dev.millrace.server.Refusal.Reason;
import dev.millrace.server.member.Members.Login;
import dev.millrace.server.member.Role;
import dev.millrace.server.web.door.LoginCookie;
import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import io.javalin.http.HandlerType;
import io.javalin.http.HttpResponseException;
import io.javalin.http.HttpStatus;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The paths of the site: which are for whom, and what is said where something is refused.
///
/// @param site that they lead into
/// @param config that they are added to
public record Routes(Site site, RoutesConfig config) {

    private static final Logger LOG = LoggerFactory.getLogger(Routes.class);

    /// Shows something to whoever is logged in.
    public void get(String path, Consumer<Visit> work) {
        config.get(path, http -> answer(http, visit -> {
            visit.require(Role.VIEWER);
            work.accept(visit);
        }));
    }

    /// Does something for whoever is logged in and may.
    public void post(String path, Role role, Consumer<Visit> work) {
        config.post(path, http -> answer(http, visit -> {
            visit.requireOwnForm();
            visit.require(role);
            work.accept(visit);
        }));
    }

    /// Tells whoever is logged in what happens, as long as they listen.
    public void stream(String path, BiConsumer<Visit, Stream> work) {
        config.get(path, http -> {
            Optional<Login> login = login(http);
            http.contentType("text/event-stream; charset=utf-8").header("X-Accel-Buffering", "no");
            Stream stream = new Stream(http.res().getOutputStream());
            if (login.isEmpty()) {
                stream.tell("over", "");
                return;
            }
            try {
                Visit visit = new Visit(http, login.get(), site);
                visit.require(Role.VIEWER);
                work.accept(visit, stream);
            } catch (Refusal refusal) {
                LOG.debug("path={} refused={}", http.path(), refusal.description());
                stream.tell("over", "");
            }
        });
    }

    private Optional<Login> login(Context http) {
        return LoginCookie.of(http).flatMap(site.plane().members()::resume);
    }

    private void answer(Context http, Consumer<Visit> work) {
        Optional<Login> login = login(http);
        if (login.isEmpty()) {
            leadToDoor(http);
            return;
        }
        Visit visit = new Visit(http, login.get(), site);
        try {
            work.accept(visit);
        } catch (Refusal refusal) {
            refused(visit, refusal.reason().status(), refusal.description());
        } catch (Fault fault) {
            refused(visit, Reason.CONFLICT.status(), "%s %s".formatted(fault.description(), fault.remedy()));
        } catch (HttpResponseException e) {
            refused(visit, e.getStatus(), "The request cannot be read. Load the page again.");
        } catch (RuntimeException e) {
            LOG.error("method={} path={} failed=unexpectedly", http.method(), http.path(), e);
            refused(visit, 500, "Millrace made a mistake, and its log says more. Nothing else follows from it.");
        }
    }

    /// A part of a page cannot be replaced by the door; its page is sent there.
    private static void leadToDoor(Context http) {
        if (isPart(http)) {
            http.status(401).header("HX-Redirect", "/login");
            return;
        }
        boolean form = http.method().equals(HandlerType.POST);
        String back = http.path() + Optional.ofNullable(http.queryString()).map("?"::concat).orElse("");
        http.redirect(form || back.equals("/") ? "/login" : "/login?to=" + URLEncoder.encode(back, StandardCharsets.UTF_8), HttpStatus.SEE_OTHER);
    }

    private static boolean isPart(Context http) {
        return http.header("HX-Request") != null;
    }

    private static void refused(Visit visit, int status, String message) {
        visit.http().status(status);
        if (isPart(visit.http())) {
            visit.show("notice", message);
        } else {
            visit.show("refused", new RefusedPage(visit.frame("Not done", Frame.Section.CONNECTIONS), message));
        }
    }

    /// What is shown in the place of what was asked for.
    ///
    /// @param frame around it
    /// @param message what is so, and what to do
    public record RefusedPage(Frame frame, String message) {}
}
