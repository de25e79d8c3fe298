package dev.millrace.server.web;

import dev.millrace.server.Refusal;
import dev.millrace.server.Refusal.Reason;
import dev.millrace.server.member.Actor;
import dev.millrace.server.member.Members.Login;
import dev.millrace.server.member.Reach;
import dev.millrace.server.member.Role;
import io.javalin.http.Context;
import io.javalin.http.HandlerType;
import io.javalin.http.HttpStatus;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Optional;
import java.util.Set;

/// One request of somebody's browser, and its answer.
///
/// @param http as it came
/// @param login whose it is
/// @param site that is visited
public record Visit(Context http, Login login, Site site) {

    private static final String NEW_CONNECTION = "/connections/new";
    private static final Set<String> ABOUT_CONNECTIONS = Set.of("/", "/connections/rows", NEW_CONNECTION, "/guide");

    /// Who asks.
    public Actor actor() {
        return login.member().actor(Actor.Way.WEB_UI);
    }

    /// How far what they may do reaches.
    public Reach reach() {
        return Reach.of(actor(), site.plane().members());
    }

    /// Whether they may do what a role may with what the path is about.
    public boolean may(Role role) {
        Reach reach = reach();
        return subject().map(one -> reach.covers(one.group(), role)).orElseGet(() -> isAboutAnyGroup(role) ? reach.coversSome(role) : reach.isWhole() && reach.role().covers(role));
    }

    /// Refuses those who may not, and what belongs to a group that is not theirs as if it were not there.
    public void require(Role role) {
        Role own = login.member().role();
        if (!own.covers(role)) {
            throw new Refusal(Reason.FORBIDDEN, "This needs the role '%s', and yours is '%s'. An administrator can give it to you.".formatted(role.title(), own.title()));
        }
        subject().filter(one -> !reach().sees(one.group())).ifPresent(one -> {
            throw Refusal.notFound(one.kind(), one.id());
        });
        if (!may(role)) {
            throw new Refusal(Reason.FORBIDDEN, "Your role is for some groups, and does not cover this. An administrator can change that.");
        }
    }

    /// What a path is about.
    ///
    /// @param kind as people call it
    /// @param group that it belongs to
    private record Subject(String kind, String id, String group) {}

    /// Empty where the path names nothing that belongs to a group, or names what is not there.
    private Optional<Subject> subject() {
        if (http.path().equals(NEW_CONNECTION) && http.method().equals(HandlerType.POST)) {
            return Optional.of(form("group_id")).filter(group -> site.plane().groups().find(group).isPresent()).map(group -> new Subject("Destination", group, group));
        }
        Optional<String> id = Optional.ofNullable(http.pathParamMap().get("id"));
        if (http.path().startsWith("/destinations/")) {
            return id.map(group -> new Subject("Destination", group, group));
        }
        return id.filter(_ -> http.path().startsWith("/connections/"))
                .flatMap(site.plane().connections()::find)
                .map(one -> new Subject("Connection", one.id(), one.groupId()));
    }

    /// The list of connections, and making one, are for everybody who has a group to make it in; what a viewer sees is narrowed by its page.
    private boolean isAboutAnyGroup(Role role) {
        return role == Role.VIEWER || ABOUT_CONNECTIONS.contains(http.path());
    }

    /// Refuses a form that did not come from a page of this log-in.
    void requireOwnForm() {
        byte[] shown = form("csrf").getBytes(StandardCharsets.UTF_8);
        if (!MessageDigest.isEqual(shown, login.csrf().getBytes(StandardCharsets.UTF_8))) {
            throw new Refusal(Reason.FORBIDDEN, "The form did not come from a page of this log-in, so nothing was done. Load the page again.");
        }
    }

    /// A part of the path.
    public String path(String name) {
        return http.pathParam(name);
    }

    /// A parameter behind the path; empty if it is not there, or is empty.
    public Optional<String> query(String name) {
        return Optional.ofNullable(http.queryParam(name)).filter(value -> !value.isEmpty());
    }

    /// A field of the form; an empty text if it is not there.
    public String form(String name) {
        return Optional.ofNullable(http.formParam(name)).orElse("");
    }

    /// What is around the page.
    public Frame frame(String title, Frame.Section section) {
        return new Frame(title, Optional.of(section), Optional.of(login), may(Role.EDITOR), site.assets());
    }

    /// Answers with a page, or a part of one.
    public void show(String template, Object page) {
        http.contentType("text/html; charset=utf-8").result(site.templates().html(template, page));
    }

    /// Answers with a form that has something wrong with it.
    public void showAgain(String template, Object page) {
        http.status(422);
        show(template, page);
    }

    /// Sends the browser elsewhere.
    public void go(String path) {
        http.redirect(path, HttpStatus.SEE_OTHER);
    }
}
