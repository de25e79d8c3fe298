package dev.millrace.cli.demo;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.localpostgres.LocalServer;
import dev.millrace.server.ControlPlane;
import dev.millrace.server.connection.Standing;
import dev.millrace.testkit.Eventually;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

class DemoPageTest {

    private static final Duration LIMIT = Duration.ofMinutes(2);

    @Test
    @Timeout(300)
    void the_pages_of_the_demo_show_a_connection_that_follows_the_shop_also_at_the_second_start(@TempDir Path path) throws SQLException {
        DemoFolder folder = new DemoFolder(path.resolve("demo"));
        Optional<Instant> before = start(folder, Optional.empty());
        assertThat(start(folder, before)).isPresent();
    }

    private static Optional<Instant> start(DemoFolder folder, Optional<Instant> before) throws SQLException {
        try (LocalServer server = folder.server()) {
            server.start();
            SampleShop shop = new SampleShop(server::jdbcUrl, folder.owner());
            shop.makeIfMissing(folder.replicator());
            try (DemoPage page = DemoPage.open(folder, shop, server.port())) {
                assertThat(page.link()).startsWith("http://127.0.0.1:").contains("/welcome?token=");
                ControlPlane plane = page.server().plane();
                String id = plane.connections().all().getFirst().id();
                Eventually.within(LIMIT, () -> {
                    Standing standing = plane.connections().standing(id);
                    assertThat(standing.succeeded()).as(standing::toString).isPresent().isNotEqualTo(before);
                });
                return plane.connections().standing(id).succeeded();
            }
        }
    }
}
