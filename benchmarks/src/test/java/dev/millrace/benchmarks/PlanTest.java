package dev.millrace.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.benchmarks.contender.Contender;
import dev.millrace.benchmarks.workload.ChangeMix;
import dev.millrace.benchmarks.workload.Lineitem;
import dev.millrace.benchmarks.workload.Orders;
import dev.millrace.benchmarks.workload.Part;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class PlanTest {

    @Test
    void every_contender_begins_one_round_of_as_many_as_there_are_contenders() {
        Plan plan = plan(Set.of(), OptionalLong.empty());
        List<Contender> all = plan.contenders(Part.COPY);

        List<Contender> beginners = IntStream.rangeClosed(1, all.size())
                .mapToObj(round -> plan.order(Part.COPY, round).getFirst()).toList();

        assertThat(beginners).isEqualTo(all);
        assertThat(plan.order(Part.COPY, 2)).containsExactlyInAnyOrderElementsOf(all);
    }

    @Test
    void who_is_left_out_does_not_run_and_the_reference_stays_first() {
        Plan plan = plan(Set.of("debezium"), OptionalLong.empty());

        assertThat(plan.contenders(Part.LOG)).extracting(Contender::name).doesNotContain("debezium").startsWith("log-discard");
    }

    @Test
    void debezium_alone_reads_fewer_rows_if_told_to() {
        Plan plan = plan(Set.of(), OptionalLong.of(500));

        assertThat(plan.contenders(Part.COPY)).extracting(each -> each.name() + " " + plan.rows(Part.COPY, each))
                .contains("copy-discard 6000", "debezium 500");
    }

    private static Plan plan(Set<String> leftOut, OptionalLong debeziumRows) {
        return new Plan(Set.of(Part.COPY, Part.LOG), new Lineitem(6_000), new Orders(ChangeMix.of(1_400)), 3, leftOut, debeziumRows,
                Duration.ofMinutes(1), Path.of("target"));
    }
}
