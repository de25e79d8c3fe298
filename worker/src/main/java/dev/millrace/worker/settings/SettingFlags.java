package dev.millrace.worker.settings;

import dev.millrace.worker.settings.GivenSettings.Place;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// The settings of a connection as the command line gives them, without a file.
///
/// @param source `postgresql://user@host:port/database?sslmode=...`
/// @param destination `duckdb:PATH`
/// @param others texts of further settings
public record SettingFlags(String source, String destination, Map<Setting, String> others) {

    /// Keeps its own copy of the map.
    public SettingFlags {
        others = Map.copyOf(others);
    }

    /// What they say, values unchecked.
    GivenSettings read(Path directory) {
        GivenSettings given = new GivenSettings("command line", directory);
        others.forEach((setting, text) -> given.put(setting, text, new Place("--" + flag(setting), 0)));
        readSource(given);
        readDestination(given);
        return given;
    }

    /// The flag of a setting: `--replication-slot` for `source.replication_slot`.
    public static String flag(Setting setting) {
        return setting.key().replace('_', '-');
    }

    private void readSource(GivenSettings given) {
        Place place = new Place("--source", 0);
        Optional<URI> parsed = parse(source);
        if (parsed.isEmpty()) {
            given.problem(place, "source", "The source is not an address. Write `postgresql://user@host:5432/database`; "
                    + "percent-encode special characters.");
            return;
        }
        URI address = parsed.get();
        given.put(Setting.SOURCE_SERVICE, "postgres", place);
        put(given, Setting.SOURCE_HOST, address.getHost(), place);
        if (address.getPort() > 0) {
            given.put(Setting.SOURCE_PORT, Integer.toString(address.getPort()), place);
        }
        String login = Optional.ofNullable(address.getRawUserInfo()).orElse("");
        int colon = login.indexOf(':');
        put(given, Setting.SOURCE_USER, decode(colon < 0 ? login : login.substring(0, colon)), place);
        if (colon >= 0) {
            given.put(Setting.SOURCE_PASSWORD, decode(login.substring(colon + 1)), place);
        }
        put(given, Setting.SOURCE_DATABASE, decode(address.getRawPath().replaceFirst("^/", "")), place);
        readParameters(given, Optional.ofNullable(address.getRawQuery()).orElse(""), place);
    }

    private static void readParameters(GivenSettings given, String query, Place place) {
        for (String parameter : query.split("&")) {
            int equals = parameter.indexOf('=');
            String name = equals < 0 ? parameter : parameter.substring(0, equals);
            String value = equals < 0 ? "" : decode(parameter.substring(equals + 1));
            switch (name) {
                case "" -> {}
                case "sslmode" -> given.put(Setting.SOURCE_SSLMODE, value, place);
                case "sslrootcert" -> given.put(Setting.SOURCE_SSLROOTCERT, value, place);
                case "channel_binding" -> given.put(Setting.SOURCE_CHANNEL_BINDING, value, place);
                default -> given.problem(
                        place, "source", "Unknown parameter `" + name + "`. There are `sslmode`, `sslrootcert` and `channel_binding`.");
            }
        }
    }

    private void readDestination(GivenSettings given) {
        Place place = new Place("--destination", 0);
        int colon = destination.indexOf(':');
        String service = colon < 0 ? "" : destination.substring(0, colon).toLowerCase(Locale.ROOT);
        if (!service.equals("duckdb")) {
            given.problem(place, "destination", "The destination is not `duckdb:PATH`, the only kind that there is.");
            return;
        }
        given.put(Setting.DESTINATION_SERVICE, service, place);
        put(given, Setting.DESTINATION_PATH, destination.substring(colon + 1), place);
    }

    private static void put(GivenSettings given, Setting setting, @Nullable String text, Place place) {
        if (text != null && !text.isEmpty()) {
            given.put(setting, text, place);
        }
    }

    private static Optional<URI> parse(String text) {
        try {
            URI address = URI.create(text);
            boolean ours = "postgresql".equals(address.getScheme()) || "postgres".equals(address.getScheme());
            return ours && address.getRawPath() != null ? Optional.of(address) : Optional.empty();
        } catch (IllegalArgumentException _) {
            return Optional.empty();
        }
    }

    private static String decode(String text) {
        return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
    }
}
