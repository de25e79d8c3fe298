package dev.millrace.server.setup;

import dev.millrace.core.fault.Nearest;
import dev.millrace.core.secret.Secret;
import dev.millrace.server.Fields;
import dev.millrace.server.Refusal;
import dev.millrace.server.connection.ConfigField;
import dev.millrace.server.connection.ConfigField.Kind;
import dev.millrace.server.connection.ConnectionRecord;
import dev.millrace.server.connection.ConnectionRecord.Delay;
import dev.millrace.server.connection.Extension;
import dev.millrace.server.connection.Schedule;
import dev.millrace.server.secret.Sealed;
import dev.millrace.server.state.Json;
import dev.millrace.vault.Vault;
import java.time.DateTimeException;
import java.time.LocalTime;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// What somebody wants a connection to be, in the API's words: all of it for a new one, some of it for one that is there.
///
/// Forms and names are checked here; whether the whole makes sense is checked by the reader of settings.
///
/// @param body as it was sent
/// @param vault seals the secrets
record ConnectionDraft(Fields body, Vault vault) {

    private static final int DAYS_OF_WEEK = 7;

    private static final List<String> PERSISTENT = List.of(
            "config", "paused", "sync_frequency", "daily_sync_time", "schedule_type", "schedule", "data_delay_sensitivity", "data_delay_threshold", "networking_method",
            "proxy_agent_id", "private_link_id", "hybrid_deployment_agent_id", "pause_after_trial", "auth", "is_historical_sync", "schema_status", "millrace",
            "destination_schema_names", "connect_card_config", "destination_configuration", "external_secrets_manager_id");

    /// Whether it says anything that would be kept.
    boolean isPersistent() {
        return PERSISTENT.stream().anyMatch(body::has);
    }

    /// Whether it changes how the source is reached or read.
    boolean changesSetup() {
        return List.of("config", "networking_method", "proxy_agent_id", "millrace", "destination_schema_names").stream().anyMatch(body::has);
    }

    /// The `config`, its fields checked by name; secrets are among them.
    private Optional<Fields> config() {
        return body.object("config").map(config -> {
            List<String> known = Arrays.stream(ConfigField.values()).map(ConfigField::key).toList();
            for (String name : config.node().propertyNames()) {
                if (!known.contains(name) && !name.equals("public_key") && !name.equals("external_secrets_keys_config")) {
                    throw Refusal.invalid("Unknown field `config.%s`.%s".formatted(name, Nearest.hint(name, known)));
                }
            }
            return config;
        });
    }

    /// The config that a connection has with this: what is said, over what was there. Null takes a field away.
    ObjectNode config(ObjectNode before) {
        ObjectNode merged = before.deepCopy();
        config().ifPresent(config -> Arrays.stream(ConfigField.values())
                .filter(field -> field.kind() != Kind.SECRET && field != ConfigField.SCHEMA_PREFIX)
                .forEach(field -> merge(field, config, merged)));
        body.text("networking_method").filter(_ -> !merged.has("connection_type")).ifPresent(way -> merged.put("connection_type", way));
        return merged;
    }

    private static void merge(ConfigField field, Fields config, ObjectNode merged) {
        JsonNode value = config.node().get(field.key());
        if (value == null) {
            return;
        }
        if (value.isNull() || value.isString() && value.asString().isBlank()) {
            merged.remove(field.key());
            return;
        }
        switch (field.kind()) {
            case NUMBER -> merged.put(field.key(), config.number(field.key()).orElseThrow());
            case FLAG -> merged.put(field.key(), config.flag(field.key()).orElseThrow());
            case TEXT, LONG_TEXT, CHOICE -> merged.put(field.key(), config.text(field.key()).orElseThrow());
            case SECRET -> throw new IllegalArgumentException("Invalid field: " + field + " (must be no secret)");
        }
    }

    /// The secrets that a connection has with this.
    Sealed secrets(Sealed before) {
        Sealed merged = before;
        Optional<Fields> config = config();
        for (ConfigField field : ConfigField.values()) {
            Optional<String> given = field.kind() == Kind.SECRET ? config.flatMap(all -> all.text(field.key())) : Optional.empty();
            if (given.isPresent() && !given.get().equals(Sealed.MASK)) {
                merged = merged.with(field.key(), Secret.of(given.get()), vault);
            }
        }
        return merged;
    }

    /// The prefix of a new connection.
    String schemaPrefix() {
        return body.object("config")
                .flatMap(config -> config.text("schema_prefix").or(() -> config.text("schema")))
                .filter(prefix -> !prefix.isBlank())
                .orElseThrow(() -> Refusal.invalid("`config.schema_prefix` is missing: what the destination's schemas begin with."));
    }

    /// Refuses a prefix that is another than the one that is there.
    void requirePrefix(String prefix) {
        body.object("config").flatMap(config -> config.text("schema_prefix")).filter(given -> !given.equals(prefix)).ifPresent(_ -> {
            throw Refusal.invalid("`config.schema_prefix` cannot be changed: the schemas at the destination have it in their names. Make another connection.");
        });
    }

    /// The schedule that a connection has with this.
    Schedule schedule(Schedule before) {
        int minutes = minutes(body, "sync_frequency").orElse(before.minutes());
        Optional<LocalTime> daily = body.has("daily_sync_time") ? Optional.of(time(body, "daily_sync_time")) : before.daily();
        boolean manual = body.text("schedule_type").map(type -> switch (type) {
            case "manual" -> true;
            case "auto" -> false;
            default -> throw body.wrong("schedule_type", "`auto` or `manual`");
        }).orElse(before.manual());
        boolean continuous = body.object("millrace").flatMap(extension -> extension.flag("continuous")).orElse(before.continuous());
        Schedule flat = new Schedule(minutes, daily, manual, continuous && !manual);
        return body.object("schedule").map(schedule -> nested(schedule, flat)).orElse(flat);
    }

    /// The same in the words of later clients, which have an object of it.
    private static Schedule nested(Fields schedule, Schedule before) {
        if (schedule.has("cron")) {
            throw Refusal.invalid("`schedule.cron` is not there. Send `schedule.interval` (minutes) or `schedule.time_of_day` (UTC); or have the cron of your machine call POST /v1/connections/{id}/sync.");
        }
        if (schedule.node().path("days_of_week") instanceof ArrayNode days && !days.isEmpty() && days.valueStream().distinct().count() < DAYS_OF_WEEK) {
            throw Refusal.invalid("`schedule.days_of_week` names some days, and a connection is synced on every one. Leave it out.");
        }
        boolean manual = schedule.text("schedule_type").map(type -> type.equalsIgnoreCase("manual")).orElse(false);
        Optional<LocalTime> daily = schedule.has("time_of_day") ? Optional.of(time(schedule, "time_of_day")) : before.daily();
        int minutes = minutes(schedule, "interval").orElse(schedule.has("time_of_day") ? Schedule.LONGEST : before.minutes());
        return new Schedule(minutes, daily, manual, before.continuous() && !manual);
    }

    private static Optional<Integer> minutes(Fields body, String name) {
        return body.number(name).map(minutes -> {
            if (minutes < 1 || minutes > Schedule.LONGEST) {
                throw body.wrong(name, "a number of minutes from 1 to %d".formatted(Schedule.LONGEST));
            }
            return minutes;
        });
    }

    private static LocalTime time(Fields body, String name) {
        try {
            return LocalTime.parse(body.text(name).orElseThrow());
        } catch (DateTimeException _) {
            throw body.wrong(name, "a time of day such as `14:00`");
        }
    }

    /// What counts as late, with this.
    Delay delay(Delay before) {
        enum Sensitivity { LOW, NORMAL, HIGH, CUSTOM, SYNC_FREQUENCY }
        String sensitivity = body.choice("data_delay_sensitivity", Sensitivity.values()).map(Enum::name).orElse(before.sensitivity());
        return new Delay(sensitivity, body.has("data_delay_threshold") ? body.number("data_delay_threshold") : before.thresholdMinutes());
    }

    /// What is beyond the reference product, with this: what is said, over what was there.
    ObjectNode extension(ObjectNode before) {
        ObjectNode merged = before.deepCopy();
        body.object("millrace").ifPresent(given -> {
            Extension.check(given.node());
            given.node().properties().forEach(field -> {
                if (field.getValue().isNull()) {
                    merged.remove(field.getKey());
                } else if (field.getValue() instanceof ObjectNode block && merged.get(field.getKey()) instanceof ObjectNode there) {
                    block.properties().forEach(inner -> {
                        if (inner.getValue().isNull()) {
                            there.remove(inner.getKey());
                        } else {
                            there.set(inner.getKey(), inner.getValue());
                        }
                    });
                } else {
                    merged.set(field.getKey(), field.getValue());
                }
            });
        });
        merged.remove("continuous");
        return merged;
    }

    /// By which rules names are made, with this.
    String schemaNames(String before) {
        enum Naming { FIVETRAN_NAMING, SOURCE_NAMING }
        return body.choice("destination_schema_names", Naming.values()).map(Enum::name).orElse(before);
    }

    /// By way of which agent, with this.
    Optional<String> agentId(Optional<String> before) {
        return body.node().has("proxy_agent_id") ? body.text("proxy_agent_id") : before;
    }

    /// One that is there, with this over it.
    ConnectionRecord over(ConnectionRecord there) {
        requirePrefix(there.schemaPrefix());
        return new ConnectionRecord(
                there.id(),
                there.groupId(),
                there.service(),
                there.schemaPrefix(),
                config(there.config()),
                secrets(there.secrets()),
                there.choice(),
                extension(there.extension()),
                body.flag("paused").orElse(there.paused()),
                schedule(there.schedule()),
                delay(there.delay()),
                schemaNames(there.schemaNames()),
                agentId(there.agentId()),
                there.created(),
                there.createdBy());
    }

    /// The choice of tables that a new connection has.
    static ObjectNode everything() {
        return Json.object().put("schema_change_handling", "ALLOW_ALL");
    }
}
