package dev.millrace.worker.settings;

import dev.millrace.core.route.Address;
import dev.millrace.core.secret.Secret;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/// Which database is copied, and how it is reached and followed.
///
/// @param service what kind of PostgreSQL it is
/// @param host name or address
/// @param port 1 to 65535
/// @param database its name
/// @param user the role that reads
/// @param password empty for a login that needs none
/// @param authMethod how they prove it
/// @param way how the host is reached
/// @param tls how much TLS is asked for, and what is believed
/// @param updateMethod how its changes are followed
public record SourceSettings(
        Service service,
        String host,
        int port,
        String database,
        String user,
        Secret password,
        AuthMethod authMethod,
        Way way,
        TlsSettings tls,
        UpdateMethod updateMethod) {

    /// The kinds of PostgreSQL, by the names that the reference product gives them.
    public enum Service {
        POSTGRES,
        POSTGRES_RDS,
        AURORA_POSTGRES,
        GOOGLE_CLOUD_POSTGRESQL,
        AZURE_POSTGRES,
        HEROKU_POSTGRES;

        /// The name in settings.
        public String text() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /// How the host is reached, by the names that the reference product gives the ways.
    public sealed interface Way {

        /// Dialled from here.
        ///
        /// @param privateHosts whether the host may be at a private address
        record Directly(PrivateHosts privateHosts) implements Way {

            /// Wherever it is.
            public Directly() {
                this(PrivateHosts.ALLOW);
            }
        }

        /// Dialled from here at an endpoint in one's own network, behind which a cloud leads to the host.
        record PrivateLink() implements Way {}

        /// Through an SSH server.
        ///
        /// @param host the SSH server
        /// @param user who logs in there
        /// @param trustedHostKeys fingerprints that the settings name
        /// @param keyFolder where the key pair is; empty for beside the destination
        /// @param vaultKey what opens the key pair
        /// @param privateHosts whether the SSH server may be at a private address
        record SshTunnel(
                Address host, String user, Set<String> trustedHostKeys, Optional<Path> keyFolder, VaultKey vaultKey, PrivateHosts privateHosts)
                implements Way {

            /// Keeps its own copy of the fingerprints.
            public SshTunnel {
                trustedHostKeys = Set.copyOf(trustedHostKeys);
            }
        }

        /// Through an agent that dialled out to a gateway on this machine.
        ///
        /// @param agentId which agent
        /// @param gatewayFolder where the gateway keeps its files
        record ProxyAgent(String agentId, Path gatewayFolder) implements Way {}
    }

    /// Whether hosts at private addresses are dialled.
    public enum PrivateHosts {
        ALLOW,
        REFUSE
    }
}
