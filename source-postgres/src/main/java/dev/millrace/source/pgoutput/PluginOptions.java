package dev.millrace.source.pgoutput;

import java.util.ArrayList;
import java.util.List;

/// What is asked of pgoutput: names and values, as both `START_REPLICATION` and the peeking functions take them.
///
/// @param pairs name, value, name, value, ...
public record PluginOptions(List<String> pairs) {

    /// Keeps its own copy of the list.
    public PluginOptions {
        pairs = List.copyOf(pairs);
    }

    /// The options for a server.
    ///
    /// @param serverVersion the major version, such as 17
    /// @param publications their names
    /// @param binary whether values may come in binary; honoured from 14 on
    /// @param blocks whether large transactions may come in blocks before they have committed; honoured from 14 on
    public static PluginOptions of(int serverVersion, List<String> publications, boolean binary, boolean blocks) {
        List<String> pairs = new ArrayList<>();
        pairs.add("proto_version");
        pairs.add(Integer.toString(protocolOf(serverVersion)));
        pairs.add("publication_names");
        pairs.add(String.join(",", publications.stream().map(PluginOptions::quoted).toList()));
        if (serverVersion >= 14 && binary) {
            pairs.add("binary");
            pairs.add("true");
        }
        if (serverVersion >= 14 && blocks) {
            pairs.add("streaming");
            pairs.add("on");
        }
        return new PluginOptions(pairs);
    }

    private static int protocolOf(int serverVersion) {
        return switch (serverVersion) {
            case 14 -> 2;
            case 15 -> 3;
            default -> serverVersion < 14 ? 1 : 4;
        };
    }

    private static String quoted(String identifier) {
        return '"' + identifier.replace("\"", "\"\"") + '"';
    }

    /// The options as `START_REPLICATION` writes them, without the brackets.
    public String asReplicationOptions() {
        List<String> written = new ArrayList<>();
        for (int i = 0; i < pairs.size(); i += 2) {
            written.add('"' + pairs.get(i) + "\" '" + pairs.get(i + 1).replace("'", "''") + "'");
        }
        return String.join(", ", written);
    }

    /// The options as arguments of an SQL function.
    public String asArguments() {
        return String.join(", ", pairs.stream().map(text -> "'" + text.replace("'", "''") + "'").toList());
    }
}
