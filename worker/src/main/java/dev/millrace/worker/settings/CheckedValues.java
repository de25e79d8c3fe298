package dev.millrace.worker.settings;

import dev.millrace.core.fault.Nearest;
import dev.millrace.core.secret.Secret;
import dev.millrace.worker.settings.GivenSettings.Entry;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Pattern;

/// Turns the given texts into values, one setting at a time; each that cannot be is told as a problem, and some value stands in for
/// it, so that all problems come to light together.
///
/// @param given the texts
/// @param references fills in `${...}`
record CheckedValues(GivenSettings given, Resolution references) {

    /// The text; where it is missing and required, a problem.
    String text(Setting setting) {
        Optional<Entry> entry = given.get(setting);
        if (entry.isEmpty()) {
            if (setting.need() == Setting.Need.REQUIRED) {
                given.problem(given.nowhere(), setting.path(), "`" + setting.path() + "` is missing. " + setting.meaning());
                return "";
            }
            return setting.fallback();
        }
        String text = references.resolve(entry.get().text(), problem -> problem(setting, problem));
        if (text.isBlank() && !References.isIn(entry.get().text())) {
            problem(setting, "`" + setting.path() + "` is empty.");
        }
        return text;
    }

    /// Whether the setting was given.
    boolean isGiven(Setting setting) {
        return given.get(setting).isPresent();
    }

    /// The text, where it is given and of the form; `form` completes the sentence "must be".
    String text(Setting setting, Pattern pattern, String form) {
        String text = text(setting);
        if (isGiven(setting) && !text.isEmpty() && !pattern.matcher(text).matches()) {
            problem(setting, "`" + setting.path() + "` is `" + written(setting) + "`; it must be " + form + ".");
        }
        return text;
    }

    /// One of the names, as written; the first one stands in for a wrong one.
    String choice(Setting setting, List<String> names) {
        String text = text(setting);
        if (names.contains(text) || text.isEmpty()) {
            return text.isEmpty() ? names.getFirst() : text;
        }
        problem(
                setting,
                "`" + setting.path() + "` is `" + written(setting) + "`; it must be one of `" + String.join("`, `", names) + "`."
                        + Nearest.hint(text, names));
        return names.getFirst();
    }

    /// A whole number in a range.
    long number(Setting setting, long smallest, long largest) {
        return inRange(setting, CheckedValues::parse, smallest, largest, "a whole number");
    }

    /// A number of bytes in a range.
    long bytes(Setting setting, long smallest, long largest) {
        return inRange(setting, Quantity::bytes, smallest, largest, "a size such as `64MB`");
    }

    /// A duration in a range.
    Duration duration(Setting setting, Duration shortest, Duration longest) {
        return Duration.ofMillis(inRange(
                setting,
                text -> Quantity.duration(text).map(Duration::toMillis),
                shortest.toMillis(),
                longest.toMillis(),
                "a duration such as `500ms`, `10s` or `5min`"));
    }

    private long inRange(
            Setting setting, Function<String, Optional<Long>> form, long smallest, long largest, String formInWords) {
        String text = text(setting);
        Optional<Long> value = form.apply(text);
        if (value.isPresent() && value.get() >= smallest && value.get() <= largest) {
            return value.get();
        }
        if (isGiven(setting) && !text.isEmpty()) {
            problem(
                    setting,
                    "`" + setting.path() + "` is `" + written(setting) + "`; it must be " + formInWords + " in its range: "
                            + setting.meaning());
        }
        return smallest;
    }

    /// The value as written, for messages: what a reference stands for may be a secret.
    private String written(Setting setting) {
        return given.get(setting).map(Entry::text).orElse("");
    }

    private static Optional<Long> parse(String text) {
        try {
            return Optional.of(Long.parseLong(text));
        } catch (NumberFormatException _) {
            return Optional.empty();
        }
    }

    /// `true` or `false`.
    boolean flag(Setting setting) {
        return choice(setting, List.of("true", "false")).equals("true");
    }

    /// A path, absolute; relative ones are relative to the settings file.
    Path path(Setting setting) {
        return given.directory().resolve(text(setting)).toAbsolutePath().normalize();
    }

    /// A secret; a plain one in a file or a flag is warned about.
    Secret secret(Setting setting) {
        if (!isGiven(setting)) {
            return Secret.of("");
        }
        if (!References.isIn(written(setting))) {
            given.get(setting).ifPresent(entry -> given.warn(
                    entry.place(),
                    setting.path(),
                    "`" + setting.path() + "` is written out here. Better keep it elsewhere: `${env:NAME}` or `${file:PATH}`."));
        }
        return Secret.of(text(setting));
    }

    /// Several values, of one form each; empty if it is not given. `form` completes the sentence "each must be".
    Set<String> list(Setting setting, Pattern pattern, String form) {
        if (!isGiven(setting)) {
            return Set.of();
        }
        Set<String> values = new LinkedHashSet<>();
        for (String value : text(setting).split("[,\\s]+")) {
            if (pattern.matcher(value).matches()) {
                values.add(value);
            } else {
                problem(setting, "`" + setting.path() + "` is `" + written(setting) + "`; each must be " + form + ".");
                return values;
            }
        }
        return values;
    }

    /// A path that may be left out.
    Optional<Path> optionalPath(Setting setting) {
        return isGiven(setting) ? Optional.of(path(setting)) : Optional.empty();
    }

    /// Tells a problem of a setting at its place.
    void problem(Setting setting, String message) {
        given.problem(given.get(setting).map(Entry::place).orElse(given.nowhere()), setting.path(), message);
    }
}
