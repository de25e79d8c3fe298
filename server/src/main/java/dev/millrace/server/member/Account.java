package dev.millrace.server.member;

import dev.millrace.server.state.Ids;
import dev.millrace.server.state.State;
import java.time.Instant;
import java.time.InstantSource;

/// The installation: all that share one state.
///
/// @param id ours
/// @param name for people
/// @param created when it was first asked for
public record Account(String id, String name, Instant created) {

    /// That of a state.
    public static Account of(State state, InstantSource clock) {
        return state.change(handle -> handle.createQuery("SELECT * FROM account ORDER BY created_at, id LIMIT 1")
                .map((row, _) -> new Account(row.getString("id"), row.getString("name"), Instant.ofEpochMilli(row.getLong("created_at"))))
                .findOne()
                .orElseGet(() -> {
                    Account account = new Account(Ids.next(), "Millrace", clock.instant());
                    handle.execute("INSERT INTO account VALUES (?, ?, ?)", account.id(), account.name(), account.created().toEpochMilli());
                    return account;
                }));
    }
}
