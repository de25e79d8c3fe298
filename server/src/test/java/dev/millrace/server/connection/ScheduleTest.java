package dev.millrace.server.connection;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.time.LocalTime;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ScheduleTest {

    private static final Instant BEGAN = Instant.parse("2026-03-01T10:00:00Z");

    @Test
    void a_run_is_due_so_many_minutes_after_the_start_of_the_one_before() {
        assertThat(new Schedule(15, Optional.empty(), false, false).after(BEGAN)).contains(Instant.parse("2026-03-01T10:15:00Z"));
        assertThat(new Schedule(1_440, Optional.empty(), false, false).after(BEGAN)).contains(Instant.parse("2026-03-02T10:00:00Z"));
    }

    @Test
    void a_daily_run_is_due_at_its_time_of_day_the_same_day_or_the_next() {
        assertThat(new Schedule(1_440, Optional.of(LocalTime.of(14, 30)), false, false).after(BEGAN)).contains(Instant.parse("2026-03-01T14:30:00Z"));
        assertThat(new Schedule(1_440, Optional.of(LocalTime.of(9, 0)), false, false).after(BEGAN)).contains(Instant.parse("2026-03-02T09:00:00Z"));
        assertThat(new Schedule(1_440, Optional.of(LocalTime.of(10, 0)), false, false).after(BEGAN)).contains(Instant.parse("2026-03-02T10:00:00Z"));
    }

    @Test
    void a_continuous_run_is_due_at_once_and_a_manual_one_never() {
        assertThat(new Schedule(5, Optional.empty(), false, true).after(BEGAN)).contains(BEGAN);
        assertThat(new Schedule(5, Optional.empty(), true, false).after(BEGAN)).isEmpty();
    }
}
