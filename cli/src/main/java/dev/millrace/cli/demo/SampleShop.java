package dev.millrace.cli.demo;

import dev.millrace.core.secret.Secret;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Properties;
import java.util.function.UnaryOperator;

/// The database `shop` on a server of our own: its tables, its rows, and what a source needs to be copied.
///
/// @param url turns a database's name into its JDBC URL
/// @param owner the superuser's password
public record SampleShop(UnaryOperator<String> url, Secret owner) {

    /// The database's name.
    public static final String DATABASE = "shop";
    /// The role that replicates.
    public static final String USER = "millrace";
    /// The slot that it reads.
    public static final String SLOT = "millrace_slot";
    /// The slot that the demo's pages read.
    public static final String PAGE_SLOT = "millrace_page";
    /// The publication that it reads.
    public static final String PUBLICATION = "millrace_pub";

    /// Makes the shop unless it is there whole; what an earlier start has begun and not ended is made anew.
    ///
    /// @param replicator the password that the role `millrace` is given
    /// @return whether it was made now
    public boolean makeIfMissing(Secret replicator) throws SQLException {
        try (Connection server = open("postgres")) {
            if (exists(server, "SELECT 1 FROM pg_replication_slots WHERE slot_name = '" + SLOT + "' AND database = '" + DATABASE + "'")) {
                return false;
            }
            run(server, "SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots WHERE database = '" + DATABASE + "'");
            run(server, "DROP DATABASE IF EXISTS " + DATABASE + " WITH (FORCE)");
            run(server, "DROP ROLE IF EXISTS " + USER);
            run(server, "CREATE DATABASE " + DATABASE);
        }
        try (Connection shop = open(DATABASE)) {
            shop.setAutoCommit(false);
            run(shop, resource("shop.sql"));
            shop.commit();
            shop.setAutoCommit(true);
            run(shop, "ANALYZE");
            String setUp = resource("setup.sql").replace("<password>", replicator.reveal());
            for (String statement : setUp.split(";\\s*\\n")) {
                run(shop, statement);
            }
        }
        return true;
    }

    /// Makes a further slot, unless it is there.
    void makeSlotIfMissing(String slot) throws SQLException {
        try (Connection shop = open(DATABASE)) {
            if (!exists(shop, "SELECT 1 FROM pg_replication_slots WHERE slot_name = '" + slot + "'")) {
                run(shop, "SELECT pg_create_logical_replication_slot('" + slot + "', 'pgoutput')");
            }
        }
    }

    /// A new session of the shop's owner; the caller closes it.
    public Connection open() throws SQLException {
        return open(DATABASE);
    }

    private Connection open(String database) throws SQLException {
        Properties login = new Properties();
        login.setProperty("user", "postgres");
        login.setProperty("password", owner.reveal());
        login.setProperty("ApplicationName", "sample shop");
        return DriverManager.getConnection(url.apply(database), login);
    }

    private static boolean exists(Connection session, String sql) throws SQLException {
        try (Statement statement = session.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            return rows.next();
        }
    }

    private static void run(Connection session, String sql) throws SQLException {
        try (Statement statement = session.createStatement()) {
            statement.execute(sql);
        }
    }

    private static String resource(String name) {
        try (InputStream in = SampleShop.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new IllegalStateException("Invalid class path: no " + name);
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
