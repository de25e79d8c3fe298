package dev.millrace.server.member;

import java.util.Arrays;
import java.util.Optional;

/// What somebody may do, from least to most.
public enum Role {
    /// Sees everything that holds no secret.
    VIEWER("Account Reviewer"),
    /// Makes and changes connections and destinations, and has them run.
    EDITOR("Account Analyst"),
    /// Also decides who else may do what.
    ADMINISTRATOR("Account Administrator");

    private final String title;

    Role(String title) {
        this.title = title;
    }

    /// What the API calls it.
    public String title() {
        return title;
    }

    /// Whether it may do what another may.
    public boolean covers(Role asked) {
        return compareTo(asked) >= 0;
    }

    /// What a role in a group comes to, by the API's names for such roles, for roles in the account, or our own.
    public static Optional<Role> inGroup(String text) {
        if (text.matches("(?i)(Destination|Connector|Connection) (Administrator|Analyst|Creator|Collaborator|Editor|Manager)")) {
            return Optional.of(EDITOR);
        }
        return text.matches("(?i)(Destination|Connector|Connection) (Reviewer|Viewer)") ? Optional.of(VIEWER) : find(text);
    }

    /// By the API's name, or by our own.
    public static Optional<Role> find(String text) {
        return Arrays.stream(values()).filter(role -> role.title.equalsIgnoreCase(text) || role.name().equalsIgnoreCase(text)).findFirst();
    }
}
