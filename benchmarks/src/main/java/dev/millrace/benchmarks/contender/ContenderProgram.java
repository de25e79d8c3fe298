package dev.millrace.benchmarks.contender;

import java.nio.file.Files;
import java.nio.file.Path;
import tools.jackson.databind.json.JsonMapper;

/// What runs in a contender's JVM: `prepare` or `run`, the file with its assignment, and the file for what it has to tell.
final class ContenderProgram {

    private ContenderProgram() {}

    /// Ends the JVM with 0 if all went well; the reading is written only then.
    public static void main(String[] arguments) throws Exception {
        JsonMapper json = new JsonMapper();
        Assignment assignment = json.readValue(Files.readString(Path.of(arguments[1])), Assignment.class);
        Contender contender = Contenders.named(assignment.part(), assignment.contender());
        if (arguments[0].equals("prepare")) {
            contender.prepare(assignment);
        } else {
            Stopwatch watch = new Stopwatch();
            contender.run(assignment, watch);
            Files.writeString(Path.of(arguments[2]), json.writeValueAsString(watch.reading()));
        }
        // Threads that a contender has left behind do not keep us.
        System.exit(0);
    }
}
