package dev.millrace.server.web;

import dev.millrace.server.ControlPlane;
import dev.millrace.server.api.RestApi;
import dev.millrace.server.web.account.AboutPages;
import dev.millrace.server.web.account.ApiPages;
import dev.millrace.server.web.account.AuditPages;
import dev.millrace.server.web.account.KeyPages;
import dev.millrace.server.web.account.MemberPages;
import dev.millrace.server.web.account.WebhookPages;
import dev.millrace.server.web.connection.ConnectionPages;
import dev.millrace.server.web.connection.DataPages;
import dev.millrace.server.web.connection.ListPages;
import dev.millrace.server.web.connection.LogPages;
import dev.millrace.server.web.connection.RowFilterPages;
import dev.millrace.server.web.connection.SchemaPages;
import dev.millrace.server.web.connection.StatusPages;
import dev.millrace.server.web.connection.UsagePages;
import dev.millrace.server.web.connection.VerifyPages;
import dev.millrace.server.web.door.Door;
import dev.millrace.server.web.door.Welcome;
import dev.millrace.server.web.setup.AgentPages;
import dev.millrace.server.web.setup.DestinationPages;
import dev.millrace.server.web.setup.Examinings;
import dev.millrace.server.web.setup.SetupPages;
import dev.millrace.server.web.setup.TestPages;
import io.javalin.config.JavalinConfig;
import io.javalin.http.Context;
import java.time.InstantSource;

/// The site: all pages, and what keeps them from harm.
public final class WebPages implements AutoCloseable {

    /// Scripts and styles come from here and nowhere else, and never from within a page: what a value holds can at worst be read.
    private static final String CONTENT_SECURITY_POLICY = "default-src 'self'; object-src 'none'; base-uri 'none'; frame-ancestors 'none'; form-action 'self'";

    private final Site site;
    private final Welcome welcome;

    /// Shows a control plane.
    public WebPages(ControlPlane plane, InstantSource clock) {
        this.site = new Site(plane, new Templates(), new Assets(), new Bell(), new Examinings(plane), clock);
        this.welcome = new Welcome(plane.members());
        plane.log().listen(_ -> site.bell().ring());
    }

    /// By which the first administrator comes in.
    public Welcome welcome() {
        return welcome;
    }

    /// Adds its routes to a server.
    ///
    /// @param api that programs are served by
    public void addTo(JavalinConfig config, RestApi api) {
        config.routes.before(WebPages::protect);
        config.routes.get("/assets/{name}", site.assets()::answer);
        Routes routes = new Routes(site, config.routes);
        new Door(site, welcome).addTo(routes);
        new ListPages(site).addTo(routes);
        new SetupPages(site).addTo(routes);
        new TestPages(site).addTo(routes);
        new ConnectionPages(site).addTo(routes);
        new StatusPages(site).addTo(routes);
        new LogPages(site).addTo(routes);
        new SchemaPages(site).addTo(routes);
        new RowFilterPages(site).addTo(routes);
        new UsagePages(site).addTo(routes);
        new VerifyPages(site).addTo(routes);
        new DataPages(site).addTo(routes);
        new DestinationPages(site).addTo(routes);
        new AgentPages(site).addTo(routes);
        new KeyPages(site).addTo(routes);
        new ApiPages(api).addTo(routes);
        new WebhookPages(site).addTo(routes);
        new MemberPages(site).addTo(routes);
        new AuditPages(site).addTo(routes);
        new AboutPages(site).addTo(routes);
    }

    private static void protect(Context http) {
        http.header("Content-Security-Policy", CONTENT_SECURITY_POLICY)
                .header("X-Content-Type-Options", "nosniff")
                .header("Referrer-Policy", "no-referrer")
                .header("Cache-Control", "no-store");
    }

    /// Ends what is being told to browsers.
    @Override
    public void close() {
        site.bell().close();
    }
}
