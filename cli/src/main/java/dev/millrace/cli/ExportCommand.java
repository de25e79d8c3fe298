package dev.millrace.cli;

import dev.millrace.cli.plan.ApiClient;
import dev.millrace.cli.plan.PlanSettings;
import dev.millrace.core.fault.Fault;
import dev.millrace.core.fault.FaultKind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.node.ObjectNode;

/// `millrace export`: writes a server's connections as settings files.
@Command(
        name = "export",
        mixinStandardHelpOptions = true,
        description = "Writes the connections of a server as settings files, GROUP/CONNECTION.yaml, for `plan`, `apply` and `sync`. Secrets are not among them: their places name variables.")
final class ExportCommand implements Callable<Integer> {

    private final Program program;

    @Parameters(paramLabel = "FOLDER", description = "The folder; files that are there are not written over.")
    @SuppressWarnings("NullAway.Init")
    private Path folder;

    @Mixin
    private final ServerOptions server = new ServerOptions();

    @Mixin
    private final OutputOptions output = new OutputOptions();

    /// Made with the program that it is a command of.
    public ExportCommand(Program program) {
        this.program = program;
    }

    @Override
    public Integer call() {
        try (ApiClient api = server.client(program)) {
            Map<String, ObjectNode> destinations = new LinkedHashMap<>();
            api.all("/destinations").forEach(destination -> destinations.put(destination.path("id").asString(), destination));
            for (ObjectNode group : api.all("/groups")) {
                String id = group.path("id").asString();
                for (ObjectNode connection : api.all("/groups/" + id + "/connections")) {
                    write(group.path("name").asString(), destinations.getOrDefault(id, PlanSettings.nothing()), connection, choice(api, connection));
                }
            }
        }
        return ExitCode.OK.number();
    }

    private static ObjectNode choice(ApiClient api, ObjectNode connection) {
        try {
            return api.call("GET", "/connections/" + connection.path("id").asString() + "/schemas", Optional.empty());
        } catch (Fault _) {
            // Nothing was chosen of a source that was never reached.
            return PlanSettings.nothing();
        }
    }

    private void write(String group, ObjectNode destination, ObjectNode connection, ObjectNode choice) {
        String prefix = connection.path("schema").asString();
        Path file = folder.resolve(group.replaceAll("[^A-Za-z0-9._-]", "_")).resolve(prefix + ".yaml");
        try {
            Files.createDirectories(file.getParent());
            if (Files.exists(file)) {
                say(file, false);
                return;
            }
            Files.writeString(file, PlanSettings.of(destination, connection, choice));
            say(file, true);
        } catch (IOException e) {
            throw new Fault(FaultKind.SPOOL_UNUSABLE, file.toString(), "File %s cannot be written.".formatted(file), "Give this user the right, or name another folder.", e);
        }
    }

    private void say(Path file, boolean written) {
        program.terminal().out().println(output.json()
                ? Json.text(Map.of("file", file.toString(), "written", written))
                : written ? "Written: %s".formatted(file) : "Left alone, since it is there: %s".formatted(file));
    }
}
