package dev.millrace.core.check;

import dev.millrace.core.destination.PlaceFinding;
import java.util.List;

/// The answer to a setup test. A test that asks several things gives one finding for each that is worth saying; the worst is the test's outcome.
///
/// @param test which question
/// @param outcome how it ended
/// @param message what is so and what follows from it, as sentences
/// @param remedy what to do, with the SQL or the command to paste; empty if there is nothing to be done
/// @param approvable what may be approved to mend it, as the server presented it
public record Finding(SetupTest test, Outcome outcome, String message, String remedy, List<Approvable> approvable) {

    /// Keeps its own copy of what may be approved.
    public Finding {
        approvable = List.copyOf(approvable);
    }

    /// All is well.
    public static Finding passed(SetupTest test, String message) {
        return new Finding(test, Outcome.PASSED, message, "", List.of());
    }

    /// What was found at the place of a copy.
    public static Finding of(PlaceFinding found) {
        String message = "%s: %s".formatted(found.title(), found.message());
        return new Finding(SetupTest.DESTINATION, found.fit() ? Outcome.PASSED : Outcome.FAILED, message, "", found.approvable());
    }

    /// It was not asked.
    public static Finding skipped(SetupTest test, String why) {
        return new Finding(test, Outcome.SKIPPED, why, "", List.of());
    }

    /// Worth a look.
    public static Finding warning(SetupTest test, String message, String remedy) {
        return new Finding(test, Outcome.WARNING, message, remedy, List.of());
    }

    /// Runs would fail.
    public static Finding failed(SetupTest test, String message, String remedy) {
        return new Finding(test, Outcome.FAILED, message, remedy, List.of());
    }
}
