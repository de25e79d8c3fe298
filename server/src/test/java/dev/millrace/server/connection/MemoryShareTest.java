package dev.millrace.server.connection;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class MemoryShareTest {

    @Test
    void batches_of_all_runs_together_fit_into_the_heap_and_are_never_larger_than_one_run_alone_would_make_them() {
        assertThat(new MemoryShare(512L << 20, 16).batch()).isEqualTo("6MB");
        assertThat(new MemoryShare(512L << 20, 1).batch()).isEqualTo("24MB");
        assertThat(new MemoryShare(16L << 30, 16).batch()).isEqualTo("24MB");
        assertThat(new MemoryShare(512L << 20, 1_000).batch()).isEqualTo("1MB");
    }
}
