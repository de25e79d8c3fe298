package dev.millrace.source.session;

import dev.millrace.core.route.Address;
import dev.millrace.core.route.Route;
import dev.millrace.core.secret.Secret;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.Driver;
import java.sql.SQLException;
import java.util.Map;
import java.util.Properties;
import org.postgresql.PGProperty;

/// Where a database is and how to log in to it.
///
/// @param route how its server is reached; stays the caller's
/// @param database the database's name
/// @param user who logs in
/// @param password empty where the server does not ask for one
/// @param properties further properties of the driver, TLS among them; they win over those that are set here
public record PostgresEndpoint(
        Route route, String database, String user, Secret password, Map<String, String> properties)
        implements Sessions {

    private static final int CONNECT_SECONDS = 15;
    private static final int LOGIN_SECONDS = 30;
    private static final int REPLICATION_SILENCE_SECONDS = 300;

    /// Keeps its own copy of the properties.
    public PostgresEndpoint {
        properties = Map.copyOf(properties);
    }

    /// A database whose server is dialled straight.
    public PostgresEndpoint(String host, int port, String database, String user, Secret password, Map<String, String> properties) {
        this(Route.straight(host, port), database, user, password, properties);
    }

    @Override
    public Connection open() throws SQLException {
        return connect(ordinary());
    }

    @Override
    public Connection openReplication() throws SQLException {
        Properties replication = ordinary();
        PGProperty.REPLICATION.set(replication, "database");
        PGProperty.ASSUME_MIN_SERVER_VERSION.set(replication, "10");
        PGProperty.PREFER_QUERY_MODE.set(replication, "simple");
        // A message that has begun must go on; between messages the session is polled and no limit applies.
        PGProperty.SOCKET_TIMEOUT.set(replication, REPLICATION_SILENCE_SECONDS);
        replication.putAll(properties);
        return connect(replication);
    }

    private Properties ordinary() {
        Properties driver = new Properties();
        PGProperty.USER.set(driver, user);
        if (!password.isEmpty()) {
            PGProperty.PASSWORD.set(driver, password.reveal());
        }
        PGProperty.APPLICATION_NAME.set(driver, "millrace");
        PGProperty.TCP_KEEP_ALIVE.set(driver, true);
        PGProperty.SOCKET_FACTORY.set(driver, KeptAliveSockets.class.getName());
        PGProperty.CONNECT_TIMEOUT.set(driver, CONNECT_SECONDS);
        PGProperty.LOGIN_TIMEOUT.set(driver, LOGIN_SECONDS);
        driver.putAll(properties);
        return driver;
    }

    private Connection connect(Properties driver) throws SQLException {
        Driver postgres = new org.postgresql.Driver();
        Address dialled = route.dial();
        Connection session;
        try {
            session = postgres.connect("jdbc:postgresql://%s/%s".formatted(dialled, encoded()), driver);
        } catch (SQLException e) {
            throw hindered(e);
        }
        if (session == null) {
            throw new IllegalStateException("Invalid address: %s (must be one that the driver accepts)".formatted(dialled));
        }
        try {
            SessionSettings.applyTo(session);
            return session;
        } catch (SQLException | RuntimeException e) {
            session.close();
            throw e;
        }
    }

    /// The driver only sees that the near end of the way was closed; the way may know why.
    private SQLException hindered(SQLException seen) {
        route.hindrance().ifPresent(fault -> {
            fault.addSuppressed(seen);
            throw fault;
        });
        return seen;
    }

    private String encoded() {
        return URLEncoder.encode(database, StandardCharsets.UTF_8);
    }
}
