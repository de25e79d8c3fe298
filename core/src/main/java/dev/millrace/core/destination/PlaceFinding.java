package dev.millrace.core.destination;

import dev.millrace.core.check.Approvable;
import java.util.List;

/// The answer to one question about a place for copies.
///
/// @param title what was asked
/// @param fit whether a run could go on as far as this is concerned
/// @param message what is so and, if it is not fit, what to do; as sentences
/// @param approvable what may be approved to mend it, as the server presented it
public record PlaceFinding(String title, boolean fit, String message, List<Approvable> approvable) {

    /// Keeps its own copy of what may be approved.
    public PlaceFinding {
        approvable = List.copyOf(approvable);
    }

    /// All is well.
    public static PlaceFinding fit(String title, String message) {
        return new PlaceFinding(title, true, message, List.of());
    }

    /// Runs would fail.
    public static PlaceFinding unfit(String title, String message) {
        return new PlaceFinding(title, false, message, List.of());
    }
}
