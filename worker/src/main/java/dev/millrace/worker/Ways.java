package dev.millrace.worker;

import dev.millrace.core.route.Address;
import dev.millrace.core.route.Route;
import dev.millrace.route.agent.AgentRoute;
import dev.millrace.route.agent.GatewayDoor;
import dev.millrace.route.key.KeyFolder;
import dev.millrace.route.ssh.SshLimits;
import dev.millrace.route.ssh.SshTunnel;
import dev.millrace.route.ssh.TunnelHost;
import dev.millrace.worker.settings.ConnectionSettings;
import dev.millrace.worker.settings.SourceSettings;
import dev.millrace.worker.settings.SourceSettings.PrivateHosts;
import dev.millrace.worker.settings.SourceSettings.Way;
import java.nio.file.Path;

/// Makes the route of a connection from its settings. Nothing is dialled here.
public final class Ways {

    private Ways() {}

    /// The route to the source; to be closed by the caller.
    static Route route(ConnectionSettings settings) {
        SourceSettings source = settings.source();
        Address database = new Address(source.host(), source.port());
        return switch (source.way()) {
            case Way.Directly _, Way.PrivateLink _ -> Route.straight(source.host(), source.port());
            case Way.SshTunnel tunnel -> new SshTunnel(
                    new TunnelHost(tunnel.host(), tunnel.user(), tunnel.privateHosts() == PrivateHosts.REFUSE),
                    database,
                    keys(settings, tunnel)::key,
                    tunnel::trustedHostKeys,
                    SshLimits.defaults());
            case Way.ProxyAgent(String agent, Path gateway) -> new AgentRoute(agent, database, GatewayDoor.ways(gateway));
        };
    }

    /// Where the key pair is by which a connection logs in to its tunnel host.
    public static KeyFolder keys(ConnectionSettings settings, Way.SshTunnel tunnel) {
        return new KeyFolder(tunnel.keyFolder().orElseGet(() -> besideDestination(settings)), tunnel.vaultKey()::vault);
    }

    private static Path besideDestination(ConnectionSettings settings) {
        Path local = settings.destination().local();
        return local.resolveSibling(local.getFileName() + ".tunnel");
    }
}
