package dev.millrace.benchmarks;

import dev.millrace.benchmarks.contender.Contender;
import dev.millrace.benchmarks.contender.ContenderProcess;
import dev.millrace.benchmarks.report.Findings;
import dev.millrace.benchmarks.report.Measure;
import dev.millrace.benchmarks.report.Standing;
import dev.millrace.benchmarks.report.Table;
import dev.millrace.benchmarks.workload.ChangeMix;
import dev.millrace.benchmarks.workload.Lineitem;
import dev.millrace.benchmarks.workload.Orders;
import dev.millrace.benchmarks.workload.Part;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/// The command: measures, and prints what came out.
@Command(name = "benchmarks/run", mixinStandardHelpOptions = true, sortOptions = false,
        description = "Measures Millrace beside plain reading and Debezium, on a PostgreSQL server of its own.", subcommands = {Scans.class, Fleet.class, ToPostgres.class, ToIceberg.class})
final class Benchmarks implements Callable<Integer> {

    @Option(names = "--rows", defaultValue = "6000000", description = "rows of the table that is copied (default: ${DEFAULT-VALUE})")
    private long rows;

    @Option(names = "--changes", defaultValue = "1400000",
            description = "row changes in the log, 35 in a transaction (default: ${DEFAULT-VALUE})")
    private long changes;

    @Option(names = "--rounds", defaultValue = "3", description = "how often each contender runs (default: ${DEFAULT-VALUE})")
    private int rounds;

    @Option(names = "--only", description = "copy or log: measure this part alone")
    private @Nullable Part only;

    @Option(names = "--without-debezium", description = "leave Debezium out")
    private boolean withoutDebezium;

    @Option(names = "--debezium-rows", description = "let Debezium read only so many rows or changes, and extrapolate")
    private @Nullable Long debeziumRows;

    @Option(names = "--limit", defaultValue = "30", description = "minutes after which a run counts as failed (default: ${DEFAULT-VALUE})")
    private long limitMinutes;

    @Option(names = "--json", description = "write everything measured into this file")
    private @Nullable Path json;

    @Option(names = "--data", defaultValue = "target/benchmarks",
            description = "folder for the server's data, several GB at full size; kept and used again (default: ${DEFAULT-VALUE})")
    private Path data = Path.of("target", "benchmarks");

    private final CommandLine line = new CommandLine(this).setCaseInsensitiveEnumValuesAllowed(true);

    private Benchmarks() {}

    /// Ends the JVM with 0 if everything was measured, 1 if something failed, 2 if the options are wrong.
    public static void main(String[] arguments) {
        CommandLine line = new Benchmarks().line;
        line.setExecutionExceptionHandler((failure, command, _) -> {
            command.getErr().println(failure.getMessage());
            return 1;
        });
        System.exit(line.execute(arguments));
    }

    @Override
    public Integer call() throws Exception {
        Plan plan = plan();
        Findings findings;
        try (BenchmarkServer server = BenchmarkServer.start(plan.data().resolve("server"))) {
            List<Measure> measures = new Measuring(plan, server, System.err::println).run();
            findings = new Findings(circumstances(plan, server), standings(plan, measures), measures);
        }
        System.out.print(Table.of(findings));
        if (json != null) {
            write(json, findings);
        }
        return 0;
    }

    private Plan plan() {
        if (rounds < 1 || rows < 1 || changes < 1 || limitMinutes < 1) {
            throw new CommandLine.ParameterException(line, "--rounds, --rows, --changes and --limit must be at least 1");
        }
        return new Plan(only == null ? EnumSet.allOf(Part.class) : EnumSet.of(only), new Lineitem(rows), new Orders(ChangeMix.of(changes)),
                rounds, withoutDebezium ? Set.of("debezium") : Set.of(), debeziumRows == null ? OptionalLong.empty()
                : OptionalLong.of(debeziumRows), Duration.ofMinutes(limitMinutes), data);
    }

    private static Map<String, String> circumstances(Plan plan, BenchmarkServer server) {
        Map<String, String> all = new LinkedHashMap<>();
        all.put("machine", "%d processors, %s, %s".formatted(Runtime.getRuntime().availableProcessors(), System.getProperty("os.name"),
                System.getProperty("os.arch")));
        all.put("Java", Runtime.version() + ", every contender with " + String.join(" ", ContenderProcess.OPTIONS));
        all.put("PostgreSQL", server.version() + ", " + new TreeMap<>(server.configuration()));
        all.put("rounds", Integer.toString(plan.rounds()));
        return all;
    }

    private static Map<Part, List<Standing>> standings(Plan plan, List<Measure> measures) {
        Map<Part, List<Standing>> standings = new TreeMap<>();
        for (Part part : plan.parts()) {
            List<Contender> contenders = plan.contenders(part);
            List<Measure> reference = of(part, contenders.getFirst(), measures);
            standings.put(part, contenders.stream().map(each -> Standing.of(each.title(), of(part, each, measures), reference)).toList());
        }
        return standings;
    }

    private static List<Measure> of(Part part, Contender contender, List<Measure> measures) {
        return measures.stream().filter(each -> each.part() == part && each.contender().equals(contender.name())).toList();
    }

    private static void write(Path file, Findings findings) throws IOException {
        JsonMapper mapper = JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();
        Files.writeString(file, mapper.writeValueAsString(findings) + "\n");
    }
}
