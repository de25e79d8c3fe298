package dev.millrace.benchmarks.contender;

import dev.millrace.benchmarks.workload.Part;
import java.util.List;
import java.util.stream.Collectors;

/// All contenders; who is added here is measured.
public final class Contenders {

    private static final List<Contender> COPY = List.of(new CopyReference(), new MillraceCopy(), new DebeziumSnapshot());
    private static final List<Contender> LOG = List.of(new LogReference(), new MillraceLog(), new DebeziumStream());

    private Contenders() {}

    /// Those who compete in `part`, the reference first.
    public static List<Contender> of(Part part) {
        return switch (part) {
            case COPY -> COPY;
            case LOG -> LOG;
        };
    }

    /// The one of that name in `part`.
    ///
    /// @throws IllegalArgumentException if there is none
    public static Contender named(Part part, String name) {
        return of(part).stream().filter(each -> each.name().equals(name)).findFirst().orElseThrow(() -> new IllegalArgumentException(
                "There is no contender %s for %s; there are %s".formatted(name, part,
                        of(part).stream().map(Contender::name).collect(Collectors.joining(", ")))));
    }
}
