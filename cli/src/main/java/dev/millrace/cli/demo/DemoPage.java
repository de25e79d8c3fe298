package dev.millrace.cli.demo;

import dev.millrace.core.fault.Fault;
import dev.millrace.core.secret.Secret;
import dev.millrace.server.ControlPlane;
import dev.millrace.server.Fields;
import dev.millrace.server.Home;
import dev.millrace.server.Server;
import dev.millrace.server.ServerSettings;
import dev.millrace.server.connection.ConnectionRecord;
import dev.millrace.server.destination.DestinationRecord;
import dev.millrace.server.destination.DestinationRecord.SetupStatus;
import dev.millrace.server.group.Group;
import dev.millrace.server.member.Actor;
import dev.millrace.server.run.Backoff;
import dev.millrace.server.state.Json;
import dev.millrace.server.state.StateAddress;
import dev.millrace.worker.settings.Environment;
import java.net.BindException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.InstantSource;
import java.util.Optional;
import tools.jackson.databind.node.ObjectNode;

/// A control plane of the demo's own, with a connection that follows the shop for as long as it is open: what the pages show.
///
/// It has a slot and a copy of its own beside those of the demo's sync.
///
/// @param server that runs
public record DemoPage(Server server) implements AutoCloseable {

    private static final String GROUP = "Demo";
    private static final String PREFIX = "shop";

    /// Opens it, at the usual port or, if that is taken, at any that is free. The first time it sets the connection up.
    ///
    /// @param source the port of the shop's server now
    public static DemoPage open(DemoFolder folder, SampleShop shop, int source) throws SQLException {
        shop.makeSlotIfMissing(SampleShop.PAGE_SLOT);
        Path home = folder.path().resolve("server").toAbsolutePath();
        DemoPage page = new DemoPage(start(home));
        try {
            page.setUp(folder.replicator(), source);
            return page;
        } catch (RuntimeException e) {
            page.close();
            throw e;
        }
    }

    private static Server start(Path home) {
        try {
            return start(home, ServerSettings.PORT);
        } catch (Fault fault) {
            for (Throwable at = fault; at != null; at = at.getCause()) {
                if (at instanceof BindException) {
                    return start(home, 0);
                }
            }
            throw fault;
        }
    }

    private static Server start(Path home, int port) {
        Home folder = new Home(home);
        Environment nothing = _ -> Optional.empty();
        return Server.start(
                new ServerSettings(
                        folder,
                        new StateAddress.InFile(folder.state()),
                        "127.0.0.1",
                        port,
                        "demo",
                        2,
                        Backoff.usual(),
                        ServerSettings.CALLS_PER_HOUR,
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        false,
                        Optional.empty(),
                        nothing),
                InstantSource.system());
    }

    private void setUp(Secret password, int source) {
        ControlPlane plane = server.plane();
        Optional<ConnectionRecord> there = plane.connections().all().stream().findFirst();
        ObjectNode body = Json.object();
        body.putObject("config").put("port", source);
        if (there.isPresent()) {
            plane.setup().change(there.get().id(), new Fields(body), Actor.system());
            return;
        }
        Group group = plane.groups().make(GROUP, Actor.system().id());
        plane.destinations()
                .add(new DestinationRecord(
                        group.id(), "duckdb", "here", "0", Json.object().put("path", "shop.duckdb"), SetupStatus.CONNECTED, plane.connections().clock().instant()));
        body.put("group_id", group.id()).put("service", "postgres").put("destination_schema_names", "SOURCE_NAMING");
        body.putObject("millrace").put("continuous", true);
        body.putObject("config")
                .put("schema_prefix", PREFIX)
                .put("host", "127.0.0.1")
                .put("port", source)
                .put("database", SampleShop.DATABASE)
                .put("user", SampleShop.USER)
                .put("password", password.reveal())
                .put("replication_slot", SampleShop.PAGE_SLOT)
                .put("publication_name", SampleShop.PUBLICATION);
        plane.setup().create(new Fields(body), Actor.system());
    }

    /// Where a browser finds it; with the way in for who is the first.
    public String link() {
        return "http://127.0.0.1:%d%s".formatted(server.port(), server.welcome().orElse("/"));
    }

    /// Stops its run at a safe point.
    @Override
    public void close() {
        server.close();
    }
}
