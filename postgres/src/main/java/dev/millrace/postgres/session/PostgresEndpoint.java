package dev.millrace.postgres.session;

import dev.millrace.core.route.Address;
import dev.millrace.core.route.Route;
import dev.millrace.core.secret.Secret;
import dev.millrace.postgres.dial.DialledSockets;
import dev.millrace.postgres.dial.PrivateHosts;
import dev.millrace.postgres.tls.TlsMode;
import dev.millrace.postgres.tls.TlsPolicy;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.Driver;
import java.sql.SQLException;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.TimeUnit;
import org.postgresql.PGProperty;

/// Where a database is and how to log in to it.
///
/// @param route how its server is reached; stays the caller's
/// @param database the database's name
/// @param user who logs in
/// @param login how they prove it
/// @param tls what is asked of TLS
/// @param privateHosts which addresses may be dialled
/// @param properties further properties of the driver; they win over those that are set here
public record PostgresEndpoint(
        Route route, String database, String user, Login login, TlsPolicy tls, PrivateHosts privateHosts, Map<String, String> properties)
        implements Sessions {

    private static final int ANSWER_SECONDS = 20;
    private static final int LOGIN_SECONDS = 30;
    private static final int REPLICATION_SILENCE_SECONDS = 300;

    /// Keeps its own copy of the properties.
    public PostgresEndpoint {
        properties = Map.copyOf(properties);
    }

    /// A database whose server is dialled straight, with TLS if it has it.
    public PostgresEndpoint(String host, int port, String database, String user, Secret password, Map<String, String> properties) {
        this(
                Route.straight(host, port),
                database,
                user,
                Login.by(password),
                TlsPolicy.of(TlsMode.PREFER),
                PrivateHosts.ALLOW,
                properties);
    }

    /// The same database, reached in the same way, for another user.
    public PostgresEndpoint as(String otherUser, Login otherLogin) {
        return new PostgresEndpoint(route, database, otherUser, otherLogin, tls.withoutClient(), privateHosts, properties);
    }

    @Override
    public Connection open() throws SQLException {
        return connect(ordinary(), 0);
    }

    @Override
    public Connection openReplication() throws SQLException {
        Properties replication = ordinary();
        PGProperty.REPLICATION.set(replication, "database");
        PGProperty.ASSUME_MIN_SERVER_VERSION.set(replication, "10");
        PGProperty.PREFER_QUERY_MODE.set(replication, "simple");
        // A message that has begun must go on; between messages the session is polled and no limit applies.
        return connect(replication, REPLICATION_SILENCE_SECONDS);
    }

    private Properties ordinary() {
        Properties driver = new Properties();
        PGProperty.USER.set(driver, user);
        PGProperty.APPLICATION_NAME.set(driver, "millrace");
        PGProperty.TCP_KEEP_ALIVE.set(driver, true);
        // Bounds each answer until the session is open, the handshake's among them; the driver's own thread ends by it too.
        PGProperty.SOCKET_TIMEOUT.set(driver, ANSWER_SECONDS);
        PGProperty.CONNECT_TIMEOUT.set(driver, ANSWER_SECONDS);
        PGProperty.LOGIN_TIMEOUT.set(driver, LOGIN_SECONDS);
        return driver;
    }

    /// The database's own name and port, whatever is dialled.
    private Address server() {
        return new Address(tls.serverName().orElse(route.target().host()), route.target().port());
    }

    private Secret password() {
        return switch (login) {
            case Login.Password(Secret given) -> given;
            case Login.Token(Login.Tokens tokens) -> tokens.token(server(), user);
        };
    }

    private Connection connect(Properties driver, int silenceSeconds) throws SQLException {
        Driver postgres = new org.postgresql.Driver();
        Address dialled = route.dial();
        driver.putAll(DialledSockets.properties(dialled, privateHosts));
        driver.putAll(tls.properties(route.target().host()));
        Secret password = password();
        if (!password.isEmpty()) {
            PGProperty.PASSWORD.set(driver, password.reveal());
        }
        driver.putAll(properties);
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
            session.setNetworkTimeout(Runnable::run, Math.toIntExact(TimeUnit.SECONDS.toMillis(silenceSeconds)));
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
        return OpeningFaults.named(seen, route.target(), tls, login);
    }

    private String encoded() {
        return URLEncoder.encode(database, StandardCharsets.UTF_8);
    }
}
