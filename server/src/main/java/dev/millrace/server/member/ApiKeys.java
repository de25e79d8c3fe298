package dev.millrace.server.member;

import dev.millrace.core.secret.Secret;
import dev.millrace.server.state.Ids;
import dev.millrace.server.state.Json;
import dev.millrace.server.state.Moments;
import dev.millrace.server.state.State;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.node.ArrayNode;

/// The keys by which programs come in.
///
/// @param state where they are kept
/// @param clock for stamps
public record ApiKeys(State state, InstantSource clock) {

    private static final long USED_RESOLUTION_MILLIS = 60_000;

    /// A key that was just made, with its secret.
    public record Fresh(ApiKey key, Secret secret) {}

    /// Makes one.
    ///
    /// @param createdBy the actor's id
    public Fresh make(ApiKey.Kind kind, Optional<String> memberId, String name, Role role, ArrayNode permissions, Optional<Instant> expires, String createdBy) {
        return add(Ids.next().replace("_", ""), Secret.of(Ids.secret()), kind, memberId, name, role, permissions, expires, createdBy);
    }

    /// Lets in whoever shows this key and secret, which somebody chose: how the first administrator's program comes in.
    public void allow(String id, Secret secret) {
        ApiKey key = new ApiKey(id, ApiKey.Kind.SYSTEM, Optional.empty(), "Given at start", Role.ADMINISTRATOR, Json.list(), clock.instant(), Optional.empty(), Optional.empty());
        state.run(handle -> {
            handle.execute("DELETE FROM api_key WHERE id = ?", id);
            insert(key, secret, "millrace");
        });
    }

    private Fresh add(String id, Secret secret, ApiKey.Kind kind, Optional<String> memberId, String name, Role role, ArrayNode permissions, Optional<Instant> expires, String createdBy) {
        ApiKey key = new ApiKey(id, kind, memberId, name, role, permissions, clock.instant(), expires, Optional.empty());
        insert(key, secret, createdBy);
        return new Fresh(key, secret);
    }

    private void insert(ApiKey key, Secret secret, String createdBy) {
        state.run(handle -> handle.execute(
                "INSERT INTO api_key (id, kind, member_id, name, role, permissions, secret_hash, created_at, created_by, expires_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                key.id(),
                key.kind().name(),
                key.memberId().orElse(null),
                key.name(),
                key.role().name(),
                key.permissions().toString(),
                Digest.ofRandom(secret.reveal()),
                key.created().toEpochMilli(),
                createdBy,
                key.expires().map(Instant::toEpochMilli).orElse(null)));
    }

    /// Who a key and its secret stand for; empty if they do not belong together, or the key has expired.
    public Optional<Actor> actor(String id, Secret secret) {
        record Held(String hash, String name, Role role, Optional<String> member, Role memberRole, boolean active, long usedAt) {}
        String shown = Digest.ofRandom(secret.reveal());
        Optional<Held> held = state.read(handle -> handle.createQuery(
                        """
                        SELECT k.secret_hash, k.name, k.role, k.member_id, k.used_at, m.role AS member_role, m.active, m.email
                        FROM api_key k LEFT JOIN member m ON m.id = k.member_id
                        WHERE k.id = ? AND (k.expires_at IS NULL OR k.expires_at > ?)
                        """)
                .bind(0, id)
                .bind(1, clock.millis())
                .map((row, _) -> {
                    Role role = Role.valueOf(row.getString("role"));
                    boolean own = row.getString("member_id") != null;
                    return new Held(
                            row.getString("secret_hash"),
                            own ? row.getString("email") : row.getString("name"),
                            role,
                            Optional.ofNullable(row.getString("member_id")),
                            own ? Role.valueOf(row.getString("member_role")) : role,
                            !own || row.getInt("active") == 1,
                            row.getLong("used_at"));
                })
                .findOne());
        return held.filter(key -> Digest.same(key.hash(), shown) && key.active()).map(key -> {
            if (clock.millis() - key.usedAt() > USED_RESOLUTION_MILLIS) {
                state.run(handle -> handle.execute("UPDATE api_key SET used_at = ? WHERE id = ?", clock.millis(), id));
            }
            Role role = key.role().covers(key.memberRole()) ? key.memberRole() : key.role();
            return new Actor(key.member(), key.name(), role, Actor.Way.API, Optional.of(id));
        });
    }

    /// All of a kind, in the order in which they were made.
    public List<ApiKey> all(ApiKey.Kind kind) {
        return state.read(handle -> handle.createQuery("SELECT * FROM api_key WHERE kind = ? ORDER BY created_at, id")
                .bind(0, kind.name())
                .map((row, _) -> key(row))
                .list());
    }

    /// Whether there is any.
    public boolean isEmpty() {
        return state.read(handle -> handle.createQuery("SELECT count(*) FROM api_key").mapTo(Long.class).one()) == 0;
    }

    /// By id.
    public Optional<ApiKey> find(String id) {
        return state.read(handle -> handle.createQuery("SELECT * FROM api_key WHERE id = ?").bind(0, id).map((row, _) -> key(row)).findOne());
    }

    /// Writes name, role and permissions anew.
    public void update(ApiKey key) {
        state.run(handle -> handle.execute(
                "UPDATE api_key SET name = ?, role = ?, permissions = ? WHERE id = ?", key.name(), key.role().name(), key.permissions().toString(), key.id()));
    }

    /// Gives a key another secret, and another end; the old secret is of no use from now on.
    public Secret rotate(String id, Optional<Instant> expires) {
        Secret secret = Secret.of(Ids.secret());
        state.run(handle -> handle.execute(
                "UPDATE api_key SET secret_hash = ?, expires_at = ? WHERE id = ?",
                Digest.ofRandom(secret.reveal()), expires.map(Instant::toEpochMilli).orElse(null), id));
        return secret;
    }

    /// Removes one.
    public void remove(String id) {
        state.run(handle -> handle.execute("DELETE FROM api_key WHERE id = ?", id));
    }

    private static ApiKey key(ResultSet row) throws SQLException {
        return new ApiKey(
                row.getString("id"),
                ApiKey.Kind.valueOf(row.getString("kind")),
                Optional.ofNullable(row.getString("member_id")),
                row.getString("name"),
                Role.valueOf(row.getString("role")),
                (ArrayNode) Json.parse(row.getString("permissions")),
                Instant.ofEpochMilli(row.getLong("created_at")),
                Moments.of(row, "expires_at"),
                Moments.of(row, "used_at"));
    }
}
