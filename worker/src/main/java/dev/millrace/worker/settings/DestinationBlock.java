package dev.millrace.worker.settings;

import dev.millrace.core.secret.Secret;
import dev.millrace.worker.settings.DestinationSettings.Catalog;
import dev.millrace.worker.settings.TlsSettings.Authorities;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/// Reads where the copy is kept.
///
/// @param values the texts
/// @param approved SHA-256 of certificates that were approved outside the settings
record DestinationBlock(CheckedValues values, Set<String> approved) {

    private static final Pattern ADDRESS = Pattern.compile("^[a-z][a-z0-9+.-]*://");
    private static final Pattern PROPERTY = Pattern.compile("[A-Za-z0-9_.-]+=.*");

    /// The settings that go with each service.
    private static final Map<String, Set<Setting>> OWN = new LinkedHashMap<>();

    static {
        OWN.put("duckdb", EnumSet.of(Setting.DESTINATION_PATH));
        OWN.put(
                "postgres",
                EnumSet.of(
                        Setting.DESTINATION_HOST,
                        Setting.DESTINATION_PORT,
                        Setting.DESTINATION_DATABASE,
                        Setting.DESTINATION_USER,
                        Setting.DESTINATION_PASSWORD,
                        Setting.DESTINATION_SSLMODE,
                        Setting.DESTINATION_SSLROOTCERT,
                        Setting.DESTINATION_TRUSTED_CERTIFICATES,
                        Setting.DESTINATION_WORK_FOLDER));
        OWN.put(
                "iceberg",
                EnumSet.of(
                        Setting.DESTINATION_WAREHOUSE,
                        Setting.DESTINATION_CATALOG,
                        Setting.DESTINATION_CATALOG_URI,
                        Setting.DESTINATION_PROPERTIES,
                        Setting.DESTINATION_FORMAT_VERSION,
                        Setting.DESTINATION_TARGET_FILE_BYTES,
                        Setting.DESTINATION_COMPACTION,
                        Setting.DESTINATION_KEEP_SNAPSHOTS,
                        Setting.DESTINATION_KEEP_SNAPSHOTS_FOR,
                        Setting.DESTINATION_WORK_FOLDER));
    }

    /// The services that there are.
    static List<String> services() {
        return List.copyOf(OWN.keySet());
    }

    DestinationSettings destination() {
        String service = values.choice(Setting.DESTINATION_SERVICE, services());
        Set<Setting> own = OWN.getOrDefault(service, Set.of());
        Arrays.stream(Setting.values())
                .filter(setting -> values.isGiven(setting) && !own.contains(setting))
                .forEach(setting -> refuseAnothers(setting, service));
        return switch (service) {
            case "postgres" -> postgres();
            case "iceberg" -> iceberg();
            default -> new DestinationSettings.Duck(values.path(Setting.DESTINATION_PATH));
        };
    }

    private void refuseAnothers(Setting setting, String service) {
        List<String> others = services().stream().filter(other -> OWN.getOrDefault(other, Set.of()).contains(setting)).toList();
        if (!others.isEmpty()) {
            values.problem(
                    setting,
                    "`%s` goes with `destination.service: %s`, and this is `%s`. Leave it out."
                            .formatted(setting.path(), String.join("` or `", others), service));
        }
    }

    private DestinationSettings.Postgres postgres() {
        String database = values.text(Setting.DESTINATION_DATABASE);
        return new DestinationSettings.Postgres(
                values.text(Setting.DESTINATION_HOST),
                Math.toIntExact(values.number(Setting.DESTINATION_PORT, 1, 65_535)),
                database,
                values.text(Setting.DESTINATION_USER),
                values.secret(Setting.DESTINATION_PASSWORD),
                tls(),
                local());
    }

    private DestinationSettings.Iceberg iceberg() {
        String warehouse = values.text(Setting.DESTINATION_WAREHOUSE);
        boolean isFolder = !ADDRESS.matcher(warehouse).find();
        Catalog catalog = Catalog.valueOf(values.choice(Setting.DESTINATION_CATALOG, List.of("embedded", "jdbc", "rest", "glue")).toUpperCase(Locale.ROOT));
        if (catalog == Catalog.EMBEDDED && !isFolder) {
            values.problem(
                    Setting.DESTINATION_CATALOG,
                    "`destination.catalog` is `embedded`, a file in the warehouse's folder, and `%s` is no folder. Choose `jdbc`, `rest` or `glue`."
                            .formatted(warehouse));
        }
        return new DestinationSettings.Iceberg(
                isFolder ? values.path(Setting.DESTINATION_WAREHOUSE).toString() : warehouse,
                catalog,
                catalog == Catalog.JDBC || catalog == Catalog.REST ? values.text(Setting.DESTINATION_CATALOG_URI) : "",
                properties(),
                Integer.parseInt(values.choice(Setting.DESTINATION_FORMAT_VERSION, List.of("2", "3"))),
                new DestinationSettings.Upkeep(
                        values.bytes(Setting.DESTINATION_TARGET_FILE_BYTES, 1L << 20, 2L << 30),
                        values.flag(Setting.DESTINATION_COMPACTION),
                        Math.toIntExact(values.number(Setting.DESTINATION_KEEP_SNAPSHOTS, 0, 100_000)),
                        values.duration(Setting.DESTINATION_KEEP_SNAPSHOTS_FOR, Duration.ZERO, Duration.ofDays(365))),
                local());
    }

    private Map<String, Secret> properties() {
        Map<String, Secret> properties = new LinkedHashMap<>();
        values.list(Setting.DESTINATION_PROPERTIES, PROPERTY, "`name=value`")
                .forEach(property -> properties.put(property.substring(0, property.indexOf('=')), Secret.of(property.substring(property.indexOf('=') + 1))));
        return properties;
    }

    /// One connection writes with one process; so what this machine has of it is told apart by the prefix.
    private Path local() {
        String prefix = values.isGiven(Setting.SCHEMA_PREFIX) ? values.text(Setting.SCHEMA_PREFIX) : "";
        return values.path(Setting.DESTINATION_WORK_FOLDER).resolve("at-" + prefix.replaceAll("[^a-z0-9_]", "_"));
    }

    private TlsSettings tls() {
        TlsValues tls = new TlsValues(values);
        Set<String> trusted = tls.fingerprints(Setting.DESTINATION_TRUSTED_CERTIFICATES);
        Authorities authorities = tls.authorities(Setting.DESTINATION_SSLROOTCERT);
        boolean saysWhatIsBelieved = !trusted.isEmpty() || !approved.isEmpty() || !(authorities instanceof Authorities.Unsaid);
        TlsSettings.Mode mode = values.isGiven(Setting.DESTINATION_SSLMODE)
                ? tls.mode(Setting.DESTINATION_SSLMODE)
                : tls.isThisMachine(Setting.DESTINATION_HOST) && !saysWhatIsBelieved ? TlsSettings.Mode.PREFER : TlsSettings.Mode.VERIFY_CA;
        if (!trusted.isEmpty() && !mode.demandsTls()) {
            values.problem(
                    Setting.DESTINATION_SSLMODE,
                    "`destination.sslmode` is `%s`, which goes without TLS too, and `destination.trusted_certificates` needs it. Leave `destination.sslmode` out, or raise it."
                            .formatted(mode.text()));
        }
        trusted.addAll(approved);
        return new TlsSettings(mode, trusted, authorities, Optional.empty(), Optional.empty(), TlsSettings.ChannelBinding.PREFER);
    }
}
