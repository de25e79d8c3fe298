package dev.millrace.benchmarks.workload;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class ChangeMixTest {

    @Test
    void seven_in_ten_changes_are_updates_two_inserts_and_one_a_delete() {
        ChangeMix mix = ChangeMix.of(1_400_000);

        assertThat(mix.transactions()).isEqualTo(40_000);
        assertThat(mix.updates()).isEqualTo(980_000);
        assertThat(mix.inserts()).isEqualTo(280_000);
        assertThat(mix.deletes()).isEqualTo(140_000);
    }

    @Test
    void what_does_not_divide_evenly_is_deleted() {
        ChangeMix mix = new ChangeMix(13, 2);

        assertThat(mix.updates() + mix.inserts() + mix.deletes()).isEqualTo(13);
    }

    @Test
    void a_transaction_without_a_change_is_refused() {
        assertThatThrownBy(() -> new ChangeMix(5, 6)).isInstanceOf(IllegalArgumentException.class).hasMessageContaining("6 transactions");
    }
}
