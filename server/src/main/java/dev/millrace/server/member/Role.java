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

    /// By the API's name, or by our own.
    public static Optional<Role> find(String text) {
        return Arrays.stream(values()).filter(role -> role.title.equalsIgnoreCase(text) || role.name().equalsIgnoreCase(text)).findFirst();
    }
}
