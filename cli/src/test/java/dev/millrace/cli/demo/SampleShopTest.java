package dev.millrace.cli.demo;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.core.secret.Secret;
import dev.millrace.testkit.Eventually;
import dev.millrace.testkit.postgres.DedicatedPostgres;
import dev.millrace.testkit.postgres.TestPostgres;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class SampleShopTest {

    @Test
    void the_shop_is_made_once_whole_and_lives() throws SQLException {
        try (DedicatedPostgres server = TestPostgres.dedicated(17, Map.of())) {
            SampleShop shop = new SampleShop(server.server()::jdbcUrl, Secret.of("sesame"));
            assertThat(shop.makeIfMissing(Secret.of("secret"))).isTrue();
            assertThat(shop.makeIfMissing(Secret.of("secret"))).isFalse();
            try (Connection session = shop.open()) {
                assertThat(count(session, "SELECT count(*) FROM customers")).isEqualTo(20_000);
                assertThat(count(session, "SELECT count(*) FROM order_lines")).isBetween(100_000L, 200_000L);
                assertThat(count(session, "SELECT count(*) FROM types")).isEqualTo(501);
                assertThat(count(session, "SELECT count(*) FROM pg_publication_tables WHERE pubname = 'millrace_pub'")).isEqualTo(7);
                try (ShopTraffic traffic = ShopTraffic.start(shop, new Random(7), Duration.ofMillis(1))) {
                    Eventually.within(Duration.ofSeconds(30), () -> assertThat(traffic.transactions()).isGreaterThan(200));
                }
                assertThat(count(session, "SELECT count(*) FROM orders WHERE id > 60000")).isPositive();
            }
        }
    }

    private static long count(Connection session, String sql) throws SQLException {
        try (Statement statement = session.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            rows.next();
            return rows.getLong(1);
        }
    }
}
