package dev.millrace.benchmarks;

import dev.millrace.benchmarks.contender.Contender;
import dev.millrace.benchmarks.contender.Contenders;
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

/// What is to be measured.
///
/// @param parts the parts
/// @param lineitem the table that is copied
/// @param orders the table whose changes are caught up with
/// @param rounds how often each contender runs in each part
/// @param leftOut names of contenders that do not run
/// @param debeziumRows how many rows or changes Debezium reads at most; empty for all
/// @param limit after which a single run counts as failed
/// @param data the folder for the server's data and the contenders' files
record Plan(Set<Part> parts, Lineitem lineitem, Orders orders, int rounds, Set<String> leftOut, OptionalLong debeziumRows, Duration limit,
        Path data) {

    /// Takes copies of the sets, and makes the folder absolute.
    Plan {
        parts = Set.copyOf(parts);
        leftOut = Set.copyOf(leftOut);
        data = data.toAbsolutePath().normalize();
    }

    /// Those who run in `part`, the reference first.
    List<Contender> contenders(Part part) {
        return Contenders.of(part).stream().filter(each -> !leftOut.contains(each.name())).toList();
    }

    /// Those who run in `part`, in the order of round number `round`, counted from 1: each round begins with another.
    List<Contender> order(Part part, int round) {
        List<Contender> all = contenders(part);
        return IntStream.range(0, all.size()).mapToObj(i -> all.get((i + round - 1) % all.size())).toList();
    }

    /// How many rows or changes there are in `part`.
    long rows(Part part) {
        return switch (part) {
            case COPY -> lineitem.rows();
            case LOG -> mix().changes();
        };
    }

    /// How many of them `contender` is to read.
    long rows(Part part, Contender contender) {
        return contender.name().equals("debezium") ? Math.min(rows(part), debeziumRows.orElse(Long.MAX_VALUE)) : rows(part);
    }

    /// The changes.
    ChangeMix mix() {
        return orders.mix();
    }
}
