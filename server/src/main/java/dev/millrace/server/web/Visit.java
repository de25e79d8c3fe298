package dev.millrace.server.web;

import dev.millrace.server.Refusal;
import dev.millrace.server.Refusal.Reason;
import dev.millrace.server.connection.ConnectionRecord;
import dev.millrace.server.member.Actor;
import dev.millrace.server.member.Members.Login;
import dev.millrace.server.member.Reach;
import dev.millrace.server.member.Role;
import io.javalin.http.Context;
import io.javalin.http.HttpStatus;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Optional;

/// One request of somebody's browser, and its answer.
///
/// @param http as it came
/// @param login whose it is
/// @param site that is visited
public record Visit(Context http, Login login, Site site) {

    /// Who asks.
    public Actor actor() {
        return login.member().actor(Actor.Way.WEB_UI);
    }

    /// Refuses those who may not.
    public void require(Role role) {
        if (!login.member().role().covers(role)) {
            throw new Refusal(
                    Reason.FORBIDDEN,
                    "This needs the role '%s', and yours is '%s'. An administrator can give it to you.".formatted(role.title(), login.member().role().title()));
        }
    }

    /// How far what they may do reaches.
    public Reach reach() {
        return Reach.of(actor(), site.plane().members());
    }

    /// Refuses what belongs to a group that is not theirs, as if it were not there, and more than they may do in theirs.
    ///
    /// @param needed what it takes
    void requireReach(Role needed) {
        Reach reach = reach();
        Optional<ConnectionRecord> connection = Optional.ofNullable(http.pathParamMap().get("id"))
                .filter(_ -> http.path().startsWith("/connections/"))
                .flatMap(site.plane().connections()::find);
        connection.filter(one -> !reach.sees(one.groupId())).ifPresent(one -> {
            throw Refusal.notFound("Connection", one.id());
        });
        boolean enough = connection.map(one -> reach.covers(one.groupId(), needed)).orElse(reach.isWhole() || needed == Role.VIEWER);
        if (!enough) {
            throw new Refusal(Reason.FORBIDDEN, "Your role is for some groups, and does not cover this. An administrator can change that.");
        }
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
        return new Frame(title, Optional.of(section), Optional.of(login), site.assets());
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
