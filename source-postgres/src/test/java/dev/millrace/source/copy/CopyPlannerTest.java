package dev.millrace.source.copy;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class CopyPlannerTest {

    @Test
    void a_range_is_as_large_as_it_may_be_unless_a_session_would_have_none() {
        assertThat(CopyPlanner.size(17, 1_000_000, 98_304, 3)).as("a large table").isEqualTo(98_304);
        assertThat(CopyPlanner.size(17, 150_000, 98_304, 3)).as("one of a range and a half").isEqualTo(50_000);
        assertThat(CopyPlanner.size(17, 1_000_000, 64, 3)).as("as a person has chosen").isEqualTo(64);
    }

    @Test
    void a_table_that_is_small_is_not_cut_for_the_sake_of_sessions() {
        assertThat(CopyPlanner.size(17, 12_000, 98_304, 3)).isGreaterThan(12_000);
        assertThat(CopyPlanner.size(17, 40_000, 98_304, 3)).isEqualTo(16_384);
    }

    @Test
    void before_14_where_each_range_is_a_scan_of_its_own_there_are_four_at_the_most() {
        assertThat(CopyPlanner.size(13, 1_000_000, 16_384, 3)).isEqualTo(250_000);
        assertThat(CopyPlanner.size(13, 20_000, 16_384, 3)).isEqualTo(16_384);
    }
}
