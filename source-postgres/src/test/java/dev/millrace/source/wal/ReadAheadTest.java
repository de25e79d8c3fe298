package dev.millrace.source.wal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.testkit.Eventually;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class ReadAheadTest {

    private static final Duration SOON = Duration.ofSeconds(20);
    private static final int LIMIT = 4 << 20;

    private final ReadAhead messages = new ReadAhead(LIMIT);
    private final AtomicInteger put = new AtomicInteger();

    /// Puts so many messages of one size in, each with its number at its beginning, on a thread of its own.
    private CompletableFuture<Void> fill(int count, int size) {
        return CompletableFuture.runAsync(() -> {
            for (int i = 0; i < count; i++) {
                messages.take(ByteBuffer.allocate(size + 2).putShort((short) -1).putInt(i).array(), 2, size);
                put.incrementAndGet();
            }
            messages.end();
        });
    }

    private List<Integer> drain() {
        List<Integer> numbers = new ArrayList<>();
        while (messages.drainTo((buffer, offset, length) -> numbers.add(ByteBuffer.wrap(buffer, offset, length).getInt()))) {
            assertThat(numbers.size()).isLessThanOrEqualTo(put.get() + 1);
        }
        return numbers;
    }

    @Test
    void every_message_comes_out_once_and_in_order() {
        CompletableFuture<Void> filling = fill(100_000, 150);

        assertThat(drain()).isEqualTo(IntStream.range(0, 100_000).boxed().toList());
        filling.join();
    }

    @Test
    void who_reads_too_far_ahead_waits() {
        CompletableFuture<Void> filling = fill(1_000, 100_000);
        Eventually.within(SOON, () -> assertThat(put.get()).isBetween(LIMIT / 100_000 - 3, LIMIT / 100_000 + 3));

        assertThat(drain()).hasSize(1_000);
        filling.join();
    }

    @Test
    void a_message_larger_than_the_limit_passes_alone() {
        CompletableFuture<Void> filling = fill(5, 2 * LIMIT);

        assertThat(drain()).containsExactly(0, 1, 2, 3, 4);
        filling.join();
    }

    @Test
    void who_waits_for_room_is_let_go_when_nobody_takes_any_more() {
        CompletableFuture<Void> filling = fill(1_000, 100_000);
        Eventually.within(SOON, () -> assertThat(put.get()).isGreaterThan(LIMIT / 100_000 - 3));

        messages.abandon();

        assertThatThrownBy(filling::join).isInstanceOf(CompletionException.class).hasCauseInstanceOf(ReadingStopped.class);
    }
}
