package dev.millrace.source.check;

import dev.millrace.core.check.Finding;
import dev.millrace.core.check.SetupTest;
import dev.millrace.core.fault.Fault;
import dev.millrace.core.shape.TableName;
import dev.millrace.postgres.fault.NotOpened;
import dev.millrace.source.Hosting;
import dev.millrace.source.fault.PostgresFaults;
import java.sql.SQLException;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.postgresql.util.PSQLException;
import org.postgresql.util.ServerErrorMessage;

/// Why a database let nobody in, told apart by SQLSTATE and by where in the server it was refused, never by words, which are in the server's language.
final class LoginFindings {

    /// In the server's source, who refuses for want of a line in `pg_hba.conf`, and who for the role's sake.
    private static final String NO_LINE = "ClientAuthentication";

    private static final String NO_ROLE = "InitializeSessionUserId";

    private static final Pattern ADDRESS = Pattern.compile("[\"«„“]([0-9]{1,3}(?:\\.[0-9]{1,3}){3}|[0-9a-fA-F:]*:[0-9a-fA-F:.]+(?:%[^\"»”]+)?)[\"»“”]");
    private static final Pattern PLAIN = Pattern.compile("no encryption|SSL off");

    private LoginFindings() {}

    /// The finding that a refusal makes.
    static Finding of(SQLException e, CheckSettings settings) {
        if (e instanceof NotOpened known) {
            return failed(known.fault().description(), known.fault().remedy());
        }
        String state = String.valueOf(e.getSQLState());
        String user = TableName.quote(settings.user());
        String database = TableName.quote(settings.database());
        return switch (state) {
            case "28P01" -> failed(
                    "The server refuses the password of user %s, or knows no such user.".formatted(settings.user()),
                    "-- correct `source.password`, or as an administrator, where the user is there (\\password asks for the new one):\n\\password %s".formatted(user)
                            + "\n-- and where it is not, see: ./millrace prepare FILE");
            case "28000" -> refused(e, settings);
            case "3D000" -> failed(
                    "There is no database %s on this server.".formatted(settings.database()),
                    "-- correct `source.database`; its letters count, capital or not. What there is:\nSELECT datname FROM pg_database WHERE NOT datistemplate;");
            case "42501" -> failed(
                    "User %s may not connect to database %s.".formatted(settings.user(), settings.database()),
                    "GRANT CONNECT ON DATABASE %s TO %s;".formatted(database, user));
            case "53300" -> failed(
                    "The server, the database or the user has no connection to spare. A run needs one more than `limits.copy_sessions`, and one that reads the log.",
                    "-- who has them, as an administrator:\nSELECT usename, application_name, client_addr, count(*) FROM pg_stat_activity GROUP BY 1, 2, 3 ORDER BY 4 DESC;\n"
                            + "-- and the limits:\nSHOW max_connections;\nSELECT rolconnlimit FROM pg_roles WHERE rolname = %s;\nSELECT datconnlimit FROM pg_database WHERE datname = %s;"
                                    .formatted(CheckSql.literal(settings.user()), CheckSql.literal(settings.database())));
            case "57P03" -> failed("The server is starting, stopping or recovering, and takes no sessions now.", "Ask again in a moment.");
            default -> {
                Fault fault = PostgresFaults.of(e, "the login");
                yield failed(fault.description(), fault.remedy());
            }
        };
    }

    private static Finding refused(SQLException e, CheckSettings settings) {
        Optional<ServerErrorMessage> said = e instanceof PSQLException refusal
                ? Optional.ofNullable(refusal.getServerErrorMessage())
                : Optional.empty();
        String routine = said.map(ServerErrorMessage::getRoutine).orElse("");
        String words = said.map(ServerErrorMessage::getMessage).orElse("");
        if (NO_LINE.equals(routine)) {
            return noLine(String.valueOf(words), settings);
        }
        if (NO_ROLE.equals(routine)) {
            return failed(
                    "There is no user %s on this server that may log in: %s.".formatted(settings.user(), words),
                    "-- correct `source.user`, or:\nALTER ROLE %s LOGIN;\n-- and where it is not there, see: ./millrace prepare FILE"
                            .formatted(TableName.quote(settings.user())));
        }
        return failed(
                "The server refuses user %s by what it is proved with: %s.".formatted(settings.user(), words),
                "See the `METHOD` that the matching line of `pg_hba.conf` asks for: a password wants `scram-sha-256`, a client certificate `cert`.");
    }

    private static Finding noLine(String words, CheckSettings settings) {
        Matcher address = ADDRESS.matcher(words);
        String from = address.find() ? address.group(1) : "";
        boolean isPlain = PLAIN.matcher(words).find();
        String message = "The server lets nobody in from here: `pg_hba.conf` has no line for user %s, database %s%s%s, or one that rejects them."
                .formatted(
                        settings.user(),
                        settings.database(),
                        from.isEmpty() ? "" : " and address " + from + ", which is ours as the server sees it",
                        isPlain ? ", without TLS" : "");
        if (settings.hosting() != Hosting.OWN) {
            return failed(message, "Set `sslmode: require` or stricter under `source` (the provider may refuse what is not encrypted), and let this address in at the provider's firewall.");
        }
        return failed(
                message,
                "-- in pg_hba.conf, above any line that rejects:\n%s %s %s %s scram-sha-256\n-- then:\nSELECT pg_reload_conf();".formatted(
                        isPlain ? "host" : "hostssl", TableName.quote(settings.database()), TableName.quote(settings.user()), range(from)));
    }

    private static String range(String address) {
        if (address.isEmpty()) {
            return "ADDRESS/32";
        }
        return address.indexOf(':') < 0 ? address + "/32" : address.replaceFirst("%.*", "") + "/128";
    }

    private static Finding failed(String message, String remedy) {
        return Finding.failed(SetupTest.DATABASE, message, remedy);
    }
}
