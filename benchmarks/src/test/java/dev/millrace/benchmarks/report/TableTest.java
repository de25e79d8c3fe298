package dev.millrace.benchmarks.report;

import static dev.millrace.benchmarks.report.StandingTest.measure;
import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.benchmarks.workload.Part;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class TableTest {

    @Test
    void what_only_read_a_part_is_said_to_and_extrapolated() {
        List<Measure> plain = List.of(measure("plain", 1, 1_000_000, 10));
        List<Measure> slow = List.of(measure("slow", 1, 250_000, 25));
        Findings findings = new Findings(Map.of("machine", "small"),
                Map.of(Part.COPY, List.of(Standing.of("Plain", plain, plain), Standing.of("Slow", slow, plain))), List.of());

        String text = Table.of(findings);

        assertThat(text).startsWith("machine: small\n\nInitial copy: 1,000,000 rows\n\n| contender | ");
        assertThat(text).contains("Slow: the first 250,000 alone; at that speed, all would take 100.0 s.");
        assertThat(text.lines().filter(line -> line.startsWith("| Plain"))).singleElement().asString().contains("1.00 (1.00 to 1.00)");
        assertThat(text.lines().filter(line -> line.startsWith("|")).map(String::length).distinct()).hasSize(1);
    }
}
