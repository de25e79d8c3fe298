package dev.millrace.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class SeedTest {

    @Test
    void the_same_seed_gives_the_same_numbers() {
        Seed seed = Seed.forTest("the_same_seed_gives_the_same_numbers");

        assertThat(seed.random().longs(10).toArray()).isEqualTo(new Seed(seed.number()).random().longs(10).toArray());
    }
}
