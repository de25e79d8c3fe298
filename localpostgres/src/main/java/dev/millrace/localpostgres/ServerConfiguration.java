package dev.millrace.localpostgres;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalInt;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The file `millrace.conf` in a data directory, which `postgresql.conf` includes at its end and which holds all that was asked for.
///
/// The port is kept nowhere else.
record ServerConfiguration(Map<String, String> values) {

    private static final String FILE = "millrace.conf";
    private static final Pattern PORT = Pattern.compile("^port = '(\\d+)'$", Pattern.MULTILINE);

    /// Our own values, those of `settings` over them, and `port`.
    static ServerConfiguration of(ServerSettings settings, int port) {
        Map<String, String> values = new LinkedHashMap<>(Map.of(
                "timezone", "UTC",
                "log_timezone", "UTC",
                "wal_level", "logical",
                "max_replication_slots", "50",
                "max_wal_senders", "50",
                "max_connections", "200",
                "synchronous_commit", "on"));
        values.putAll(settings.configuration());
        values.put("listen_addresses", "127.0.0.1");
        values.put("unix_socket_directories", "");
        values.put("port", Integer.toString(port));
        return new ServerConfiguration(values);
    }

    /// The port kept in `dataDirectory`, if a server has ever been started there.
    static OptionalInt keptPort(Path dataDirectory) throws IOException {
        Matcher matcher = PORT.matcher(text(dataDirectory));
        return matcher.find() ? OptionalInt.of(Integer.parseInt(matcher.group(1))) : OptionalInt.empty();
    }

    /// Makes `postgresql.conf` of a new data directory include our file.
    static void includeIn(Path dataDirectory) throws IOException {
        Files.writeString(dataDirectory.resolve("postgresql.conf"), "\ninclude_if_exists '" + FILE + "'\n", StandardCharsets.UTF_8,
                StandardOpenOption.APPEND);
    }

    /// Whether `dataDirectory` holds exactly this already.
    boolean isIn(Path dataDirectory) throws IOException {
        return text(dataDirectory).equals(render());
    }

    /// Puts this into `dataDirectory`, for its server's next start.
    void writeTo(Path dataDirectory) throws IOException {
        Files.writeString(dataDirectory.resolve(FILE), render(), StandardCharsets.UTF_8);
    }

    private static String text(Path dataDirectory) throws IOException {
        Path file = dataDirectory.resolve(FILE);
        return Files.exists(file) ? Files.readString(file, StandardCharsets.UTF_8) : "";
    }

    private String render() {
        StringBuilder text = new StringBuilder();
        values.entrySet().stream().sorted(Map.Entry.comparingByKey()).forEach(each ->
                text.append(each.getKey()).append(" = '").append(each.getValue().replace("'", "''")).append("'\n"));
        return text.toString();
    }
}
