package dev.millrace.server.web;

import dev.millrace.worker.progress.Amounts;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.Locale;

/// A moment as people read it.
///
/// @param iso for machines
/// @param full date and time, UTC
/// @param distance how far away it is: `3 min ago`, `in 2 h`
public record Moment(String iso, String full, String distance) {

    private static final DateTimeFormatter FULL = DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss 'UTC'", Locale.ROOT).withZone(ZoneOffset.UTC);
    private static final Duration NOW = Duration.ofSeconds(2);

    /// One, seen from another.
    public static Moment of(Instant at, Instant now) {
        Duration away = Duration.between(at, now);
        return new Moment(at.truncatedTo(ChronoUnit.SECONDS).toString(), FULL.format(at), distance(away));
    }

    private static String distance(Duration away) {
        if (away.abs().compareTo(NOW) < 0) {
            return "now";
        }
        return away.isNegative() ? "in " + rough(away.negated()) : rough(away) + " ago";
    }

    private static String rough(Duration away) {
        long hours = away.toHours();
        if (hours >= 48) {
            return away.toDays() + " days";
        }
        if (hours >= 1) {
            return hours + " h";
        }
        return away.toMinutes() >= 1 ? away.toMinutes() + " min" : away.toSeconds() + " s";
    }

    /// How long something took.
    public static String between(Instant from, Instant to) {
        return Amounts.duration(Duration.between(from, to));
    }
}
