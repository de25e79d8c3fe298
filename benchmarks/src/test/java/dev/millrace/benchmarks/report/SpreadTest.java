package dev.millrace.benchmarks.report;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class SpreadTest {

    @Test
    void the_median_of_an_odd_number_of_numbers_is_the_middle_one() {
        assertThat(Spread.of(9, 1, 4)).isEqualTo(new Spread(4, 1, 9));
    }

    @Test
    void the_median_of_an_even_number_of_numbers_is_the_mean_of_the_two_in_the_middle() {
        assertThat(Spread.of(9, 1, 4, 5)).isEqualTo(new Spread(4.5, 1, 9));
    }

    @Test
    void a_single_number_is_median_and_both_ends() {
        assertThat(Spread.of(7)).isEqualTo(new Spread(7, 7, 7));
    }
}
