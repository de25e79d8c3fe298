package dev.millrace.server.connection;

import dev.millrace.core.check.Approvable;
import dev.millrace.core.destination.CopyPlace;
import dev.millrace.server.Home;
import dev.millrace.server.Refusal;
import dev.millrace.server.destination.DestinationRecord;
import dev.millrace.server.destination.Destinations;
import dev.millrace.server.state.Json;
import dev.millrace.vault.Vault;
import dev.millrace.worker.Places;
import dev.millrace.worker.Wiring;
import dev.millrace.worker.settings.ConnectionSettings;
import dev.millrace.worker.settings.DestinationSettings;
import dev.millrace.worker.settings.Environment;
import dev.millrace.worker.settings.SettingProblem;
import dev.millrace.worker.settings.SettingsReader;
import dev.millrace.worker.settings.SettingsReading;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// Turns what is kept of a connection into all that a run needs: the same settings that a file has, read by the same reader.
///
/// @param home the server's folder
/// @param environment says where the key is
/// @param vault opens the secrets
/// @param connections know what was approved
/// @param destinations know where to
/// @param share of the memory that one run may take, of those that may go on at the same time
public record RunOrders(Home home, Environment environment, Vault vault, Connections connections, Destinations destinations, MemoryShare share) {

    /// What a run of a connection needs; the route in it is to be closed by the caller.
    ///
    /// @throws Refusal if the settings cannot be used; it names each problem
    public Wiring wiring(ConnectionRecord connection) {
        return Wiring.besideWriters(settings(connection), connections.clock());
    }

    /// The settings of a connection.
    ///
    /// @throws Refusal if they cannot be used; it names each problem
    public ConnectionSettings settings(ConnectionRecord connection) {
        SettingsReading reading = new SettingsReader(environment).readLiteral(
                document(connection).toString(),
                home.folder(),
                approved(connection, Approvable.Kind.CERTIFICATE),
                approved(connection, Approvable.Kind.HOST_KEY));
        return switch (reading) {
            case SettingsReading.Understood(ConnectionSettings settings, List<SettingProblem> _) -> settings;
            case SettingsReading.Refused(List<SettingProblem> problems) -> throw Refusal.invalid(
                    problems.stream().map(SettingProblem::message).distinct().map(RunOrders::inWordsOfApi).collect(Collectors.joining(" ")));
        };
    }

    /// Who sent a `config` knows no `source` section.
    private static String inWordsOfApi(String message) {
        return message.replace("`source.", "`config.").replace("`destination.", "`config.").replace(" Best `${env:NAME}` or `${file:PATH}`.", "").replace(" Best `${file:PATH}`.", "");
    }

    private Set<String> approved(ConnectionRecord connection, Approvable.Kind kind) {
        return connections.approved(connection.id(), kind).stream().map(one -> one.what().fingerprint()).collect(Collectors.toUnmodifiableSet());
    }

    /// As a settings file has it. Holds secrets: never shown or logged.
    private ObjectNode document(ConnectionRecord connection) {
        ObjectNode document = Json.object();
        ObjectNode source = document.putObject("source");
        source.put("service", connection.service());
        connection.config().properties().forEach(field -> source.set(field.getKey(), field.getValue()));
        source.remove(List.of("schema_prefix", "entra_app_id", "entra_tenant_id"));
        connection.secrets().values().keySet().forEach(name -> source.put(name, connection.secrets().open(name, vault).reveal()));
        reword(source);
        String way = source.path("connection_type").asString("");
        boolean tunnelled = way.equals("SshTunnel") || way.isEmpty() && source.propertyNames().stream().anyMatch(name -> name.startsWith("tunnel_"));
        if (tunnelled) {
            source.put("tunnel_key_folder", home.tunnelKeys(connection.groupId()).toString());
        } else {
            source.remove(List.of("tunnel_host", "tunnel_port", "tunnel_user"));
        }
        if (way.equals("ProxyAgent")) {
            connection.agentId().ifPresent(agent -> source.put("proxy_agent_id", agent));
            source.put("gateway_folder", home.gateway().toString());
        }
        destination(connection, document);
        document.put("schema_prefix", connection.schemaPrefix());
        document.put("destination_schema_names", connection.schemaNames());
        document.put("sync_frequency", connection.schedule().continuous() ? "continuous" : Integer.toString(connection.schedule().minutes()));
        connection.choice().properties().forEach(field -> document.set(field.getKey(), field.getValue()));
        Extension.into(document, connection.extension());
        ObjectNode limits = document.withObjectProperty("limits");
        if (!limits.has("batch_bytes")) {
            limits.put("batch_bytes", share.batch());
        }
        return document;
    }

    /// The names that an update method had over time, in today's.
    private static void reword(ObjectNode source) {
        if (source.path("update_method").asString("").equals("WAL")) {
            source.put("update_method", "WAL_PGOUTPUT");
        }
        String method = source.path("update_method").asString("WAL_PGOUTPUT");
        if (!method.equals("QUERY_BASED")) {
            source.remove("delete_capture_enabled");
        }
        if (!method.equals("WAL_PGOUTPUT")) {
            source.remove(List.of("replication_slot", "publication_name"));
        }
    }

    private void destination(ConnectionRecord connection, ObjectNode document) {
        Optional<DestinationRecord> found = destinations.find(connection.groupId());
        if (found.isEmpty()) {
            throw Refusal.conflict("Group '%s' has no destination yet. Make one: POST /v1/destinations.".formatted(connection.groupId()));
        }
        document.set("destination", section(found.get()));
    }

    /// As a settings file has a destination. Holds secrets: never shown or logged.
    private ObjectNode section(DestinationRecord destination) {
        ObjectNode section = destination.config().deepCopy();
        section.put("service", destination.kind().setting());
        destination.secrets().values().keySet().forEach(name -> section.put(name, destination.secrets().open(name, vault).reveal()));
        switch (destination.kind()) {
            case DUCKDB -> section.put("path", file(destination).toString());
            case POSTGRES -> {
                ArrayNode trusted = Json.list();
                connections.approved(destination.id(), Approvable.Kind.CERTIFICATE).forEach(one -> trusted.add(one.what().fingerprint()));
                if (!trusted.isEmpty()) {
                    section.set("trusted_certificates", trusted);
                }
                section.put("work_folder", home.work(destination.id()).toString());
            }
            case ICEBERG -> {
                String warehouse = section.path("warehouse").asString("");
                if (!warehouse.isEmpty() && !warehouse.contains("://")) {
                    section.put("warehouse", below("warehouse", warehouse).toString());
                }
                section.put("work_folder", home.work(destination.id()).toString());
            }
        }
        return section;
    }

    /// Where a destination keeps copies, of no connection of its own.
    ///
    /// @throws Refusal if its settings cannot be used; it names each problem
    public CopyPlace place(DestinationRecord destination) {
        List<SettingProblem> problems = new ArrayList<>();
        ObjectNode document = Json.object();
        document.set("destination", section(destination));
        DestinationSettings settings = new SettingsReader(environment).readDestination(document.toString(), home.folder(), problems);
        if (!problems.isEmpty()) {
            throw Refusal.invalid(problems.stream().map(SettingProblem::message).distinct().map(RunOrders::inWordsOfApi).collect(Collectors.joining(" ")));
        }
        return Places.ofNoConnection().of(settings);
    }

    /// The DuckDB file of a destination: below the server's folder for destinations, whatever its config says.
    ///
    /// @throws Refusal if it would lie elsewhere
    public Path file(DestinationRecord destination) {
        return below("path", destination.config().path("path").asString(destination.id() + ".duckdb"));
    }

    private Path below(String field, String path) {
        Path folder = home.destinations().toAbsolutePath().normalize();
        try {
            Path file = folder.resolve(path).normalize();
            if (file.startsWith(folder) && !file.equals(folder)) {
                return file;
            }
        } catch (InvalidPathException _) {
            // Said below.
        }
        throw Refusal.invalid("`config.%s` must lie in the server's folder for destinations; '%s' lies elsewhere.".formatted(field, path));
    }
}
