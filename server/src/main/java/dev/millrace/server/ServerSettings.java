package dev.millrace.server;

import dev.millrace.core.route.Address;
import dev.millrace.core.secret.Secret;
import dev.millrace.server.run.Backoff;
import dev.millrace.server.state.StateAddress;
import dev.millrace.worker.settings.Environment;
import java.util.Optional;

/// How a server is started.
///
/// @param home its folder
/// @param state where it remembers
/// @param host the address that it listens at
/// @param port 0 for any that is free
/// @param name of this server among those that share a state
/// @param workers how many runs may go on here at the same time
/// @param backoff when failed runs are tried again
/// @param callsPerHour how much one key may ask for
/// @param metadataSchema in which schema of each destination tables about its connections are kept; empty for none
/// @param adminKey by which a program comes in as administrator, `KEY:SECRET`; empty for none
/// @param tls by what it proves who it is; empty for plain HTTP
/// @param openWithoutTls whether plain HTTP is served beyond this machine, as behind a proxy that adds TLS
/// @param agents where it listens for agents; empty if it does not
/// @param environment says where the key for secrets is
public record ServerSettings(
        Home home,
        StateAddress state,
        String host,
        int port,
        String name,
        int workers,
        Backoff backoff,
        int callsPerHour,
        Optional<String> metadataSchema,
        Optional<Secret> adminKey,
        Optional<ServerTls> tls,
        boolean openWithoutTls,
        Optional<Address> agents,
        Environment environment) {

    /// The port where no other is named.
    public static final int PORT = 8642;

    /// What one key may ask for where nothing else is said: the reference product's limit.
    public static final int CALLS_PER_HOUR = 20_000;
}
