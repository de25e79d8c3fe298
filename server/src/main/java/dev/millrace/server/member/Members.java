package dev.millrace.server.member;

import dev.millrace.core.secret.Secret;
import dev.millrace.server.state.Ids;
import dev.millrace.server.state.Moments;
import dev.millrace.server.state.State;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jdbi.v3.core.Handle;

/// Those who may log in, and their log-ins.
///
/// @param state where they are kept
/// @param clock for stamps
public record Members(State state, InstantSource clock) {

    private static final Duration LOGIN_LASTS = Duration.ofHours(12);
    private static final String NOBODYS = Digest.ofPassword("nobody's");

    /// A log-in of a member in a browser.
    ///
    /// @param token what the browser shows for it
    /// @param csrf what its forms carry
    public record Login(String token, String csrf, Member member) {}

    /// Adds one.
    ///
    /// @param password empty if they cannot log in by one
    public Member add(String email, String givenName, String familyName, Role role, Optional<Secret> password) {
        Member member = new Member(Ids.next(), email, givenName, familyName, role, true, clock.instant(), Optional.empty());
        String digest = password.map(Secret::reveal).map(Digest::ofPassword).orElse(null);
        state.run(handle -> handle.execute(
                "INSERT INTO member (id, email, given_name, family_name, role, password, active, created_at) VALUES (?, ?, ?, ?, ?, ?, 1, ?)",
                member.id(), email, givenName, familyName, role.name(), digest, member.created().toEpochMilli()));
        return member;
    }

    /// All, in the order in which they came.
    public List<Member> all() {
        return state.read(handle -> handle.createQuery("SELECT * FROM member ORDER BY created_at, id").map((row, _) -> member(row)).list());
    }

    /// By id.
    public Optional<Member> find(String id) {
        return state.read(handle -> find(handle, "id", id));
    }

    /// By e-mail address.
    public Optional<Member> findByEmail(String email) {
        return state.read(handle -> find(handle, "email", email));
    }

    private static Optional<Member> find(Handle handle, String column, String value) {
        return handle.createQuery("SELECT * FROM member WHERE " + column + " = ?").bind(0, value).map((row, _) -> member(row)).findOne();
    }

    /// Writes everything but the password anew.
    public void update(Member member) {
        state.run(handle -> {
            handle.execute(
                    "UPDATE member SET given_name = ?, family_name = ?, role = ?, active = ? WHERE id = ?",
                    member.givenName(), member.familyName(), member.role().name(), member.active() ? 1 : 0, member.id());
            if (!member.active()) {
                handle.execute("DELETE FROM login WHERE member_id = ?", member.id());
            }
        });
    }

    /// Gives a member another password, and ends their log-ins.
    public void setPassword(String id, Secret password) {
        String digest = Digest.ofPassword(password.reveal());
        state.run(handle -> {
            handle.execute("UPDATE member SET password = ? WHERE id = ?", digest, id);
            handle.execute("DELETE FROM login WHERE member_id = ?", id);
        });
    }

    /// Removes one, with their log-ins and keys.
    public void remove(String id) {
        state.run(handle -> handle.execute("DELETE FROM member WHERE id = ?", id));
    }

    /// Those of a group, in the order in which they came.
    public List<Member> inGroup(String group) {
        return state.read(handle -> handle.createQuery("SELECT m.* FROM member m JOIN group_member g ON g.member_id = m.id WHERE g.group_id = ? ORDER BY m.created_at, m.id")
                .bind(0, group)
                .map((row, _) -> member(row))
                .list());
    }

    /// What a member may do in each of the groups that they are in.
    Map<String, Role> rolesInGroups(String member) {
        return state.read(handle -> handle.createQuery("SELECT group_id, role FROM group_member WHERE member_id = ?")
                .bind(0, member)
                .map((row, _) -> Map.entry(row.getString("group_id"), Role.inGroup(row.getString("role")).orElse(Role.VIEWER)))
                .stream()
                .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue)));
    }

    /// Puts one into a group: they see no other from now on, unless they are an administrator.
    ///
    /// @param role as it was given, see [Role#inGroup]
    public void join(String group, String member, String role) {
        state.run(handle -> {
            handle.execute("DELETE FROM group_member WHERE group_id = ? AND member_id = ?", group, member);
            handle.execute("INSERT INTO group_member VALUES (?, ?, ?)", group, member, role);
        });
    }

    /// Takes one out of a group; false if they were not in it.
    public boolean leave(String group, String member) {
        return state.change(handle -> handle.execute("DELETE FROM group_member WHERE group_id = ? AND member_id = ?", group, member)) > 0;
    }

    /// Logs somebody in; empty if address and password do not belong together, which takes as long as if they did.
    public Optional<Login> logIn(String email, Secret password) {
        Optional<String> digest = state.read(handle -> handle.createQuery("SELECT password FROM member WHERE email = ? AND active = 1 AND password IS NOT NULL")
                .bind(0, email)
                .mapTo(String.class)
                .findOne());
        boolean right = Digest.isPassword(password.reveal(), digest.orElse(NOBODYS));
        return right && digest.isPresent() ? findByEmail(email).map(this::logIn) : Optional.empty();
    }

    /// Logs a member in.
    public Login logIn(Member member) {
        Login login = new Login(Ids.secret(), Ids.secret(), member);
        long now = clock.millis();
        state.run(handle -> {
            handle.execute("DELETE FROM login WHERE expires_at < ?", now);
            handle.execute(
                    "INSERT INTO login VALUES (?, ?, ?, ?, ?)",
                    Digest.ofRandom(login.token()), member.id(), login.csrf(), now, now + LOGIN_LASTS.toMillis());
            handle.execute("UPDATE member SET logged_in_at = ? WHERE id = ?", now, member.id());
        });
        return login;
    }

    /// The log-in that a browser shows the token of; empty if it is over.
    public Optional<Login> resume(String token) {
        return state.read(handle -> handle.createQuery(
                        "SELECT m.*, l.csrf FROM login l JOIN member m ON m.id = l.member_id WHERE l.token_hash = ? AND l.expires_at > ? AND m.active = 1")
                .bind(0, Digest.ofRandom(token))
                .bind(1, clock.millis())
                .map((row, _) -> new Login(token, row.getString("csrf"), member(row)))
                .findOne());
    }

    /// Ends a log-in.
    public void logOut(String token) {
        state.run(handle -> handle.execute("DELETE FROM login WHERE token_hash = ?", Digest.ofRandom(token)));
    }

    private static Member member(ResultSet row) throws SQLException {
        return new Member(
                row.getString("id"),
                row.getString("email"),
                row.getString("given_name"),
                row.getString("family_name"),
                Role.valueOf(row.getString("role")),
                row.getInt("active") == 1,
                Instant.ofEpochMilli(row.getLong("created_at")),
                Moments.of(row, "logged_in_at"));
    }
}
