package dev.millrace.benchmarks.contender;

import dev.millrace.benchmarks.workload.Part;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Properties;

/// What a contender is to read, and where it may write.
///
/// @param part what is measured
/// @param contender the name of the one who is to do it
/// @param port where the server is, on 127.0.0.1; its superuser `postgres` needs no password
/// @param database the database, which holds no other table
/// @param table the table, in schema `public`
/// @param rows how many rows are to be read from the table, or how many changes from the log; if fewer than there are, the first ones
/// @param wholeTable whether `rows` is all that there is
/// @param publication a publication of this table alone
/// @param slot a `pgoutput` slot that nobody else uses
/// @param folder an empty folder for files, the same for preparing and running
public record Assignment(Part part, String contender, int port, String database, String table, long rows, boolean wholeTable,
        String publication, String slot, Path folder) {

    /// The host that all contenders name.
    public static final String HOST = "127.0.0.1";

    /// The user as which all contenders log in.
    public static final String USER = "postgres";

    /// Opens an ordinary session.
    Connection session() throws SQLException {
        return open(new Properties());
    }

    /// Opens a session that speaks the replication protocol.
    Connection replicationSession() throws SQLException {
        Properties properties = new Properties();
        properties.setProperty("replication", "database");
        properties.setProperty("assumeMinServerVersion", "14");
        properties.setProperty("preferQueryMode", "simple");
        return open(properties);
    }

    private Connection open(Properties properties) throws SQLException {
        properties.setProperty("user", USER);
        return DriverManager.getConnection("jdbc:postgresql://%s:%d/%s".formatted(HOST, port, database), properties);
    }
}
