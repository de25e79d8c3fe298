package dev.millrace.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class EventuallyTest {

    @Test
    void it_returns_as_soon_as_the_condition_holds() {
        AtomicInteger asked = new AtomicInteger();

        Eventually.within(Duration.ofMinutes(1), "asked three times", () -> asked.incrementAndGet() == 3);

        assertThat(asked).hasValue(3);
    }

    @Test
    void exceptions_count_as_not_yet() {
        AtomicInteger asked = new AtomicInteger();

        Eventually.within(Duration.ofMinutes(1), () -> {
            if (asked.incrementAndGet() < 3) {
                throw new IOException("not yet");
            }
        });

        assertThat(asked).hasValue(3);
    }

    @Test
    void a_condition_that_never_holds_fails_with_its_sentence() {
        assertThatThrownBy(() -> Eventually.within(Duration.ofMillis(5), "pigs fly", () -> false))
                .isInstanceOf(AssertionError.class).hasMessageContaining("pigs fly");
    }

    @Test
    void what_is_seen_last_is_named_in_the_failure() {
        assertThat(Eventually.seen(Duration.ofMillis(5), () -> 7, seen -> seen > 6)).isEqualTo(7);
        assertThatThrownBy(() -> Eventually.seen(Duration.ofMillis(5), () -> 41, seen -> seen > 42)).hasMessageContaining("41");
    }
}
