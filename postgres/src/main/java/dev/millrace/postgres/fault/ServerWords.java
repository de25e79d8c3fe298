package dev.millrace.postgres.fault;

import java.sql.SQLException;
import org.postgresql.util.PSQLException;
import org.postgresql.util.ServerErrorMessage;

/// What a server says of an error.
public final class ServerWords {

    private ServerWords() {}

    /// The server's own sentence; without detail and context, which could hold values.
    public static String of(SQLException e) {
        if (e instanceof PSQLException postgres) {
            ServerErrorMessage message = postgres.getServerErrorMessage();
            if (message != null) {
                return String.valueOf(message.getMessage());
            }
        }
        return String.valueOf(e.getMessage());
    }
}
