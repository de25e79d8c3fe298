package dev.millrace.server.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.core.fault.FaultKind;
import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.Test;

class BackoffTest {

    private static final long SEED = 7;

    @Test
    void pauses_double_up_to_a_limit_and_vary_by_a_fifth() {
        Backoff backoff = Backoff.usual();
        Random random = new Random(SEED);
        for (int failures = 1; failures <= 40; failures++) {
            Duration middle = Duration.ofMinutes(Math.min(60, 1L << Math.min(failures - 1, 6)));
            assertThat(backoff.pauseAfter(failures, random))
                    .as("seed %d, failure %d", SEED, failures)
                    .isBetween(middle.multipliedBy(8).dividedBy(10), middle.multipliedBy(12).dividedBy(10));
        }
    }

    @Test
    void what_passes_by_itself_is_tried_much_longer_than_what_a_person_has_to_mend() {
        Backoff backoff = Backoff.usual();
        assertThat(backoff.isEnough(9, FaultKind.LOGIN_REFUSED)).isFalse();
        assertThat(backoff.isEnough(10, FaultKind.LOGIN_REFUSED)).isTrue();
        assertThat(backoff.isEnough(99, FaultKind.HOST_UNREACHABLE)).isFalse();
        assertThat(backoff.isEnough(100, FaultKind.HOST_UNREACHABLE)).isTrue();
    }
}
