package dev.millrace.core.secret;

/// A password, key or token: something that never reaches a log, a fault, a metric or a file by accident.
///
/// Prints as `•••` wherever it is put. The only way to its text is [#reveal], which can be searched for. Two secrets are equal if
/// their texts are; the comparison takes no care of timing.
public final class Secret {

    private final String text;

    private Secret(String text) {
        this.text = text;
    }

    /// Wraps a text; an empty one is the secret of a login that needs none.
    public static Secret of(String text) {
        return new Secret(text);
    }

    /// The text itself, for the one call that needs it.
    public String reveal() {
        return text;
    }

    /// Whether there is nothing to hide.
    public boolean isEmpty() {
        return text.isEmpty();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Secret secret && secret.text.equals(text);
    }

    @Override
    public int hashCode() {
        return Secret.class.hashCode();
    }

    @Override
    public String toString() {
        return "•••";
    }
}
