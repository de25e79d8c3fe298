package dev.millrace.localpostgres;

import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Everything that a [LocalServer] needs to know.
///
/// @param installation the programs to run
/// @param dataDirectory where the server keeps its data: absolute; made at the first start, with its parents, and used again later
/// @param port the port on 127.0.0.1; 0 for a free one, which is chosen at the first start and kept with the data
/// @param authentication how users prove who they are; counts only when the data directory is made
/// @param configuration settings of `postgresql.conf` by name, values without quotes; they win over [LocalServer]'s own
/// @param initdbOptions further options of `initdb`; count only when the data directory is made
public record ServerSettings(PostgresInstallation installation, Path dataDirectory, int port, Authentication authentication,
        Map<String, String> configuration, List<String> initdbOptions) {

    /// Refuses a port outside 0 to 65535; makes the folder absolute and the collections unmodifiable.
    public ServerSettings {
        if (port < 0 || port > 65_535) {
            throw new IllegalArgumentException("Invalid port: " + port + " (must be 0 to 65535)");
        }
        dataDirectory = dataDirectory.toAbsolutePath().normalize();
        configuration = Collections.unmodifiableMap(new LinkedHashMap<>(configuration));
        initdbOptions = List.copyOf(initdbOptions);
    }

    /// A server with any free port that believes every user of this machine.
    public static ServerSettings of(PostgresInstallation installation, Path dataDirectory) {
        return new ServerSettings(installation, dataDirectory, 0, new Authentication.Trust(), Map.of(), List.of());
    }

    /// The same with another port.
    public ServerSettings withPort(int other) {
        return new ServerSettings(installation, dataDirectory, other, authentication, configuration, initdbOptions);
    }

    /// The same with another way for users to prove who they are.
    public ServerSettings with(Authentication other) {
        return new ServerSettings(installation, dataDirectory, port, other, configuration, initdbOptions);
    }

    /// The same with further settings of `postgresql.conf`; a name set before gets the new value.
    public ServerSettings withConfiguration(Map<String, String> further) {
        Map<String, String> all = new LinkedHashMap<>(configuration);
        all.putAll(further);
        return new ServerSettings(installation, dataDirectory, port, authentication, all, initdbOptions);
    }

    /// The same with these options of `initdb`.
    public ServerSettings withInitdbOptions(String... options) {
        return new ServerSettings(installation, dataDirectory, port, authentication, configuration, List.of(options));
    }
}
