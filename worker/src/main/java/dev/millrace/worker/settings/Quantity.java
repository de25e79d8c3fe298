package dev.millrace.worker.settings;

import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Reads and prints sizes and durations as a person writes them.
final class Quantity {

    private static final Pattern FORM = Pattern.compile("(\\d{1,15})\\s*([a-zA-Z]*)");
    private static final Map<String, Long> BYTES =
            Map.of("", 1L, "b", 1L, "kb", 1L << 10, "mb", 1L << 20, "gb", 1L << 30, "tb", 1L << 40);
    private static final Map<String, Long> MILLIS = Map.of("ms", 1L, "s", 1_000L, "min", 60_000L, "h", 3_600_000L);

    private Quantity() {}

    /// A number of bytes: `64MB`, `24 kB`, `1000`. Units are powers of 1024, as in PostgreSQL's settings. Empty if it is none.
    static Optional<Long> bytes(String text) {
        return read(text, BYTES);
    }

    /// A duration: `500ms`, `10s`, `5min`, `1h`. A number without a unit is refused, for nobody could tell which. Empty if it is none.
    static Optional<Duration> duration(String text) {
        return read(text, MILLIS).map(Duration::ofMillis);
    }

    private static Optional<Long> read(String text, Map<String, Long> units) {
        Matcher matcher = FORM.matcher(text.strip());
        if (!matcher.matches()) {
            return Optional.empty();
        }
        Long unit = units.get(matcher.group(2).toLowerCase(Locale.ROOT));
        long number = Long.parseLong(matcher.group(1));
        return unit == null || number > Long.MAX_VALUE / unit ? Optional.empty() : Optional.of(number * unit);
    }
}
