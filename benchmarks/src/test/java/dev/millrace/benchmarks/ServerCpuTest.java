package dev.millrace.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class ServerCpuTest {

    private static final String STATISTICS = "4242 (post) (gres) S 1 4242 4242 0 -1 4194560 20 300 4 5 150 50 1000 25 20 0 1 0 99\n";

    @Test
    void user_and_system_time_are_added_even_if_the_programs_name_has_blanks() {
        assertThat(ServerCpu.seconds(STATISTICS, 2)).isCloseTo(2.0, within(1e-9));
    }

    @Test
    void children_that_have_ended_are_added_on_demand() {
        assertThat(ServerCpu.seconds(STATISTICS, 4)).isCloseTo(12.25, within(1e-9));
    }
}
