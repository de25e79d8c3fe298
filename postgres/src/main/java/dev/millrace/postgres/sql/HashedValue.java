package dev.millrace.postgres.sql;

import dev.millrace.core.secret.Salt;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.HexFormat;

/// The expression for the hash that stands for a value in a hashed column, for statements that have to know it at the server.
///
/// The salt is a setting of the session's transaction, so it is in none of the statements' texts.
public final class HashedValue {

    private static final String SALT = "millrace.salt";

    private HashedValue() {}

    /// What [dev.millrace.core.value.ValueHash] makes of a text, which is an SQL expression itself. The transaction must have the
    /// [salt][#giveSalt].
    public static String of(String text) {
        return "encode(sha256(decode(current_setting('%s'), 'hex') || convert_to(%s, 'UTF8')), 'hex')".formatted(SALT, text);
    }

    /// Lets the statements of the session's transaction hash.
    public static void giveSalt(Connection session, Salt salt) throws SQLException {
        try (PreparedStatement statement = session.prepareStatement("SELECT set_config('%s', ?, true)".formatted(SALT))) {
            statement.setString(1, HexFormat.of().formatHex(salt.reveal()));
            statement.execute();
        }
    }
}
