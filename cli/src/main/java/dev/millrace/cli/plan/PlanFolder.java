package dev.millrace.cli.plan;

import dev.millrace.core.fault.Fault;
import dev.millrace.core.fault.FaultKind;
import dev.millrace.server.connection.ConfigField;
import dev.millrace.server.connection.ConfigField.Kind;
import dev.millrace.server.destination.DestinationField;
import dev.millrace.server.plan.PlanFile;
import dev.millrace.server.state.Json;
import dev.millrace.worker.settings.Environment;
import dev.millrace.worker.settings.SecretReference;
import dev.millrace.worker.settings.SettingProblem;
import dev.millrace.worker.settings.SettingsReader;
import dev.millrace.worker.settings.SettingsReading;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// A folder of settings files: `GROUP/CONNECTION.yaml`, each as `millrace sync` reads it.
///
/// @param folder the folder
/// @param environment that references speak of
public record PlanFolder(Path folder, Environment environment) {

    /// What was read.
    ///
    /// @param files those that can be used
    /// @param problems what is wrong with the others
    public record Read(List<PlanFile> files, List<SettingProblem> problems) {

        /// Keeps its own copies of the lists.
        public Read {
            files = List.copyOf(files);
            problems = List.copyOf(problems);
        }
    }

    /// Reads every file.
    ///
    /// @throws Fault if the folder cannot be read
    public Read read() {
        List<PlanFile> files = new ArrayList<>();
        List<SettingProblem> problems = new ArrayList<>();
        for (Path file : files()) {
            switch (new SettingsReader(environment).read(file)) {
                case SettingsReading.Refused(List<SettingProblem> found) -> problems.addAll(found);
                case SettingsReading.Understood _ -> files.add(file(file));
            }
        }
        return new Read(files, problems);
    }

    private List<Path> files() {
        try (Stream<Path> all = Files.walk(folder, 2)) {
            List<Path> files = all.filter(file -> folder.relativize(file).getNameCount() == 2)
                    .filter(file -> file.toString().endsWith(".yaml") && !file.toString().endsWith(".approved.yaml"))
                    .sorted()
                    .toList();
            if (files.isEmpty()) {
                throw new Fault(
                        FaultKind.SETTINGS_INVALID,
                        folder.toString(),
                        "%s holds no settings files, so there is nothing to compare.".formatted(folder),
                        "Put each connection into GROUP/CONNECTION.yaml; `millrace export %s` writes them from a server.".formatted(folder));
            }
            return files;
        } catch (IOException e) {
            throw new Fault(FaultKind.SETTINGS_INVALID, folder.toString(), "The folder %s cannot be read.".formatted(folder), "Name a folder that is there.", e);
        }
    }

    private PlanFile file(Path file) {
        ObjectNode settings = tree(file);
        Path beside = folder.resolve(folder.relativize(file).getName(0));
        SecretReference references = new SecretReference(environment, beside.toAbsolutePath());
        Map<String, String> secrets = secrets(
                settings.path("source"), name -> ConfigField.find(name).filter(known -> known.kind() == Kind.SECRET).isPresent(), references);
        Map<String, String> destinationSecrets = secrets(
                settings.path("destination"),
                name -> Arrays.stream(DestinationField.values()).anyMatch(known -> known.kind() == Kind.SECRET && known.key().equals(name)),
                references);
        return PlanFile.of(file, String.valueOf(beside.getFileName()), settings, secrets, destinationSecrets);
    }

    private static Map<String, String> secrets(JsonNode section, Predicate<String> isSecret, SecretReference references) {
        Map<String, String> secrets = new LinkedHashMap<>();
        section.properties().forEach(field -> {
            if (isSecret.test(field.getKey())) {
                String text = field.getValue().isArray()
                        ? field.getValue().valueStream().map(JsonNode::asString).collect(Collectors.joining(" "))
                        : field.getValue().asString();
                secrets.put(field.getKey(), references.read(text).secret().reveal());
            }
        });
        return secrets;
    }

    private static ObjectNode tree(Path file) {
        try {
            Object read = new Load(LoadSettings.builder().build()).loadFromString(Files.readString(file));
            return (ObjectNode) Json.tree(read);
        } catch (IOException e) {
            throw new Fault(FaultKind.SETTINGS_INVALID, file.toString(), "File %s cannot be read.".formatted(file), "Check its permissions.", e);
        }
    }
}
