package dev.millrace.cli.demo;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Customers who buy: a thread that changes the shop by a few transactions a second, in every way that a table can be changed.
///
/// What it does depends on the random generator only; how much of it, on time.
public final class ShopTraffic implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(ShopTraffic.class);

    private final SampleShop shop;
    private final RandomGenerator random;
    private final Duration pause;
    private final AtomicLong transactions = new AtomicLong();
    private final Thread thread;
    private volatile boolean stopping;

    private ShopTraffic(SampleShop shop, RandomGenerator random, Duration pause) {
        this.shop = shop;
        this.random = random;
        this.pause = pause;
        this.thread = Thread.ofPlatform().name("shop-traffic").daemon().unstarted(this::trade);
    }

    /// Opens the shop's doors.
    ///
    /// @param pause between two transactions
    public static ShopTraffic start(SampleShop shop, RandomGenerator random, Duration pause) {
        ShopTraffic traffic = new ShopTraffic(shop, random, pause);
        traffic.thread.start();
        return traffic;
    }

    /// How many transactions have been committed.
    public long transactions() {
        return transactions.get();
    }

    /// Waits for the transaction under way and stops.
    @Override
    public void close() {
        stopping = true;
        LockSupport.unpark(thread);
        try {
            thread.join(Duration.ofSeconds(10));
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    private void trade() {
        try (Connection session = shop.open()) {
            session.setAutoCommit(false);
            while (!stopping) {
                act(session);
                session.commit();
                transactions.incrementAndGet();
                LockSupport.parkNanos(pause.toNanos());
            }
        } catch (SQLException e) {
            if (!stopping) {
                LOG.warn("traffic=stopped sqlstate={}", e.getSQLState());
            }
        }
    }

    private void act(Connection session) throws SQLException {
        switch (random.nextInt(12)) {
            case 0, 1, 2 -> placeOrder(session);
            case 3, 4 -> run(session, "UPDATE orders SET status = CASE status WHEN 'new' THEN 'paid' WHEN 'paid' THEN 'packed'"
                    + " WHEN 'packed' THEN 'sent' ELSE 'returned' END::order_status WHERE id = ?", anOrder());
            case 5 -> run(session, "UPDATE products SET price = round(price * 1.01, 2), stock = stock + 10 WHERE id = ?", aProduct());
            case 6 -> run(session, "UPDATE customers SET newsletter = NOT newsletter WHERE id = ?", aCustomer());
            case 7 -> run(session, "DELETE FROM orders WHERE id = ?", anOrder());
            case 8 -> run(
                    session,
                    "INSERT INTO page_views SELECT ?, '/products/' || ?, '10.1.1.1', localtimestamp",
                    aCustomer(),
                    aProduct());
            case 9 -> run(session, "DELETE FROM page_views WHERE ctid = (SELECT min(ctid) FROM page_views)");
            case 10 -> run(session, "UPDATE page_views SET path = path || '?again' WHERE ctid = (SELECT max(ctid) FROM page_views)");
            default -> run(session, "INSERT INTO customers (name, email, country, created_at)"
                    + " VALUES ('New Customer', 'new@example.com', 'NL', now())");
        }
    }

    private void placeOrder(Connection session) throws SQLException {
        run(
                session,
                "INSERT INTO orders (customer_id, status, reference, placed_at) VALUES (?, 'new', gen_random_uuid(), now())",
                aCustomer());
        int lines = 1 + random.nextInt(4);
        for (int line = 1; line <= lines; line++) {
            run(
                    session,
                    "INSERT INTO order_lines SELECT currval('orders_id_seq'), ?, id, ?, price FROM products WHERE id = ?",
                    line,
                    1 + random.nextInt(9),
                    aProduct());
        }
        run(session, "INSERT INTO payments (order_id, amount, method, paid_on)"
                + " SELECT order_id, sum(quantity * price), 'card', current_date FROM order_lines"
                + " WHERE order_id = currval('orders_id_seq') GROUP BY order_id");
    }

    private int anOrder() {
        return 1 + random.nextInt(60_000);
    }

    private int aProduct() {
        return 1 + random.nextInt(2_000);
    }

    private int aCustomer() {
        return 1 + random.nextInt(20_000);
    }

    private static void run(Connection session, String sql, int... values) throws SQLException {
        try (PreparedStatement statement = session.prepareStatement(sql)) {
            for (int i = 0; i < values.length; i++) {
                statement.setInt(i + 1, values[i]);
            }
            statement.executeUpdate();
        }
    }
}
