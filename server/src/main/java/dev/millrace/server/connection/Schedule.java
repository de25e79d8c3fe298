package dev.millrace.server.connection;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.List;
import java.util.Optional;

/// When a connection is synced by itself.
///
/// @param minutes between two runs' starts, from 1 to [#LONGEST]
/// @param daily with 1440 minutes: at which time of day (UTC)
/// @param manual whether it is synced only when somebody asks
/// @param continuous whether its runs go on until they are stopped
public record Schedule(int minutes, Optional<LocalTime> daily, boolean manual, boolean continuous) {

    /// A day.
    public static final int LONGEST = 1_440;

    /// What the reference product offers, and so do forms.
    public static final List<Integer> MINUTES = List.of(1, 5, 15, 30, 60, 120, 180, 360, 480, 720, LONGEST);

    /// What a connection has of which nothing else is said.
    public static Schedule usual() {
        return new Schedule(360, Optional.empty(), false, false);
    }

    /// When the run after one that began at `began` is due; empty if it is not due by itself.
    public Optional<Instant> after(Instant began) {
        if (manual) {
            return Optional.empty();
        }
        if (continuous) {
            return Optional.of(began);
        }
        if (minutes == LONGEST && daily.isPresent()) {
            ZonedDateTime at = began.atZone(ZoneOffset.UTC).with(daily.get());
            return Optional.of((at.toInstant().isAfter(began) ? at : at.plusDays(1)).toInstant());
        }
        return Optional.of(began.plus(Duration.ofMinutes(minutes)));
    }
}
