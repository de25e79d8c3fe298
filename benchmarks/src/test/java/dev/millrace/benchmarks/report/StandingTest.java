package dev.millrace.benchmarks.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.millrace.benchmarks.workload.Part;
import java.util.List;
import org.junit.jupiter.api.Test;

class StandingTest {

    @Test
    void a_ratio_is_taken_within_a_round_before_the_median_is() {
        List<Measure> reference = List.of(measure("plain", 1, 100, 10), measure("plain", 2, 100, 20), measure("plain", 3, 100, 10));
        List<Measure> own = List.of(measure("other", 1, 100, 20), measure("other", 2, 100, 20), measure("other", 3, 100, 30));

        Standing standing = Standing.of("Other", own, reference);

        assertThat(standing.wallSeconds()).isEqualTo(new Spread(20, 20, 30));
        assertThat(standing.wallRatio()).satisfies(ratio -> {
            assertThat(ratio.median()).isCloseTo(2, within(1e-9));
            assertThat(ratio.min()).isCloseTo(1, within(1e-9));
            assertThat(ratio.max()).isCloseTo(3, within(1e-9));
        });
    }

    @Test
    void who_read_fewer_rows_is_compared_by_seconds_a_row() {
        Standing standing = Standing.of("Half", List.of(measure("half", 1, 50, 10)), List.of(measure("plain", 1, 100, 10)));

        assertThat(standing.wallRatio().median()).isEqualTo(2);
        assertThat(standing.cpuRatio().median()).isEqualTo(2);
        assertThat(standing.rowsPerSecond().median()).isEqualTo(5);
    }

    static Measure measure(String contender, int round, long rows, double seconds) {
        return new Measure(Part.COPY, contender, round, rows, seconds, seconds / 2, seconds / 4, 100, 50);
    }
}
