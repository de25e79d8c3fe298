package dev.millrace.server.web.setup;

import dev.millrace.server.Fields;
import dev.millrace.server.connection.ConfigField;
import dev.millrace.server.connection.ConfigField.Kind;
import dev.millrace.server.connection.ConnectionRecord;
import dev.millrace.server.state.Json;
import dev.millrace.server.web.Visit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.databind.node.ObjectNode;

/// What stands in the setup form, and what is wrong with it.
///
/// @param values by the names of [ConfigField], and `group_id`, `service`, `proxy_agent_id`, `sync_frequency`
/// @param problems by the same names; under an empty name what belongs to no field
/// @param kept the secrets that are kept, which nobody is shown
public record SetupForm(Map<String, String> values, Map<String, String> problems, List<String> kept) {

    private static final List<String> ALWAYS = List.of("group_id", "service", "schema_prefix", "host", "port", "user", "database", "connection_type", "update_method");
    private static final Pattern FIELD = Pattern.compile("`(?:config\\.)?([a-z_]+)`");
    private static final String AGENT = "proxy_agent_id";
    private static final String CONTINUOUS = "continuous";

    /// An empty one, with what most people want.
    public static SetupForm fresh(String group) {
        Map<String, String> values = new LinkedHashMap<>();
        values.put("group_id", group);
        values.put("service", "aurora_postgres");
        values.put("port", "5432");
        values.put("connection_type", "Directly");
        values.put("auth_method", "PASSWORD");
        values.put("update_method", "WAL_PGOUTPUT");
        values.put("sync_frequency", "5");
        values.put("tunnel_port", "22");
        return new SetupForm(values, Map.of(), List.of());
    }

    /// What is kept of a connection.
    public static SetupForm of(ConnectionRecord connection) {
        Map<String, String> values = new LinkedHashMap<>(fresh(connection.groupId()).values());
        values.put("service", connection.service());
        values.put("schema_prefix", connection.schemaPrefix());
        connection.config().properties().forEach(field -> values.put(field.getKey(), field.getValue().asString("")));
        connection.agentId().ifPresent(agent -> values.put(AGENT, agent));
        values.put("sync_frequency", connection.schedule().continuous() ? CONTINUOUS : Integer.toString(connection.schedule().minutes()));
        return new SetupForm(values, Map.of(), List.copyOf(connection.secrets().values().keySet()));
    }

    /// What was typed.
    public static SetupForm typed(Visit visit, List<String> kept) {
        Map<String, String> values = new LinkedHashMap<>();
        visit.http().formParamMap().forEach((name, all) -> {
            if (!name.equals("csrf") && !all.isEmpty()) {
                values.put(name, all.getLast());
            }
        });
        return new SetupForm(values, Map.of(), kept);
    }

    /// What stands in a field. A secret that was typed stands there until the page is left: nothing typed is lost.
    public String value(String name) {
        return values.getOrDefault(name, "");
    }

    /// What is wrong with a field; empty if nothing is.
    public String problem(String name) {
        return problems.getOrDefault(name, "");
    }

    /// Whether a secret is kept.
    public boolean isKept(ConfigField field) {
        return kept.contains(field.key());
    }

    /// The same, with what is missing.
    public SetupForm missing() {
        Map<String, String> missing = new LinkedHashMap<>();
        List<String> asked = new ArrayList<>(ALWAYS);
        if (value("connection_type").equals("SshTunnel")) {
            asked.addAll(List.of("tunnel_host", "tunnel_port", "tunnel_user"));
        }
        if (value("connection_type").equals("ProxyAgent")) {
            asked.add(AGENT);
        }
        if (value("update_method").equals("WAL_PGOUTPUT")) {
            asked.addAll(List.of("replication_slot", "publication_name"));
        }
        if (value("auth_method").equals("PASSWORD") && !kept.contains("password")) {
            asked.add("password");
        }
        asked.stream().filter(name -> value(name).isBlank()).forEach(name -> missing.put(name, "This is needed."));
        return new SetupForm(values, missing, kept);
    }

    /// The same, with what was refused next to the fields that it names.
    public SetupForm refused(String message) {
        Map<String, String> problems = new LinkedHashMap<>();
        for (String sentence : message.split("(?<=[.!?]) (?=`config\\.)")) {
            Matcher matcher = FIELD.matcher(sentence);
            String name = matcher.find() && isField(matcher.group(1)) ? matcher.group(1) : "";
            problems.merge(name, sentence.replace("`config.", "`"), (one, other) -> one + " " + other);
        }
        return new SetupForm(values, problems, kept);
    }

    private static boolean isField(String name) {
        return ConfigField.find(name).isPresent() || List.of("service", "group_id", "sync_frequency", AGENT).contains(name);
    }

    /// As the API has it. Fields of ways and methods that were not chosen are taken away; a secret that was not typed stays as it is.
    public Fields body(boolean isNew) {
        ObjectNode body = Json.object();
        ObjectNode config = body.putObject("config");
        for (ConfigField field : ConfigField.values()) {
            Optional<String> value = Optional.ofNullable(values.get(field.key())).map(String::strip).filter(text -> !text.isEmpty());
            boolean chosen = isChosen(field);
            if (field.kind() == Kind.SECRET) {
                value.filter(_ -> chosen).ifPresent(text -> config.put(field.key(), values.get(field.key())));
            } else if (field.kind() == Kind.FLAG) {
                if (chosen) {
                    config.put(field.key(), value.isPresent());
                }
            } else if (value.isPresent() && chosen) {
                config.put(field.key(), value.get());
            } else if (!isNew && field != ConfigField.SCHEMA_PREFIX) {
                config.putNull(field.key());
            }
        }
        if (isNew) {
            body.put("group_id", value("group_id")).put("service", value("service")).put("paused", true);
        }
        if (value("connection_type").equals("ProxyAgent")) {
            body.put(AGENT, value(AGENT));
        }
        boolean continuous = value("sync_frequency").equals(CONTINUOUS);
        body.putObject("millrace").put(CONTINUOUS, continuous);
        if (!continuous && !value("sync_frequency").isEmpty()) {
            body.put("sync_frequency", value("sync_frequency"));
        }
        return new Fields(body.put("run_setup_tests", false));
    }

    private boolean isChosen(ConfigField field) {
        return switch (field) {
            case TUNNEL_HOST, TUNNEL_PORT, TUNNEL_USER -> value("connection_type").equals("SshTunnel");
            case REPLICATION_SLOT, PUBLICATION_NAME -> value("update_method").equals("WAL_PGOUTPUT");
            case DELETE_CAPTURE_ENABLED -> value("update_method").equals("QUERY_BASED");
            case PASSWORD -> value("auth_method").equals("PASSWORD") || value("auth_method").isEmpty();
            case CLIENT_PUBLIC_CERTIFICATE, CLIENT_PRIVATE_KEY -> value("auth_method").equals("CLIENT_CERTIFICATE");
            case ENTRA_APP_ID, ENTRA_TENANT_ID -> false;
            case SCHEMA_PREFIX, HOST, PORT, USER, DATABASE, AUTH_METHOD, CONNECTION_TYPE, ALWAYS_ENCRYPTED, UPDATE_METHOD -> true;
        };
    }
}
