package dev.millrace.destination.postgres.fault;

import dev.millrace.core.fault.Fault;
import dev.millrace.core.fault.FaultKind;
import dev.millrace.core.shape.TableName;
import dev.millrace.postgres.fault.NotOpened;
import dev.millrace.postgres.fault.ServerWords;
import java.net.UnknownHostException;
import java.sql.SQLException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.postgresql.util.PSQLException;
import org.postgresql.util.ServerErrorMessage;

/// Turns what the driver reports of a destination into faults, by SQLSTATE (manual, appendix A) and never by the text of a message.
///
/// All of them have in common that nothing is half-written: the transaction in which it happened is rolled back, by us or by the server.
public final class DestinationFaults {

    private static final String NOTHING_WRITTEN = "; nothing of what was being written is there";

    private DestinationFaults() {}

    /// The fault that an exception tells of.
    public static Fault of(SQLException e, Place place) {
        if (e instanceof NotOpened known) {
            return known.fault();
        }
        String state = String.valueOf(e.getSQLState());
        return switch (state) {
            case "28000", "28P01" -> fault(
                    FaultKind.DESTINATION_UNUSABLE,
                    place,
                    "%s refused the login of %s: %s.".formatted(place.name(), place.user(), words(e)),
                    "Correct the user and password of the destination in the settings; or where they have expired: `ALTER ROLE ... PASSWORD ... VALID UNTIL"
                            + " 'infinity';`, or `pg_hba.conf` on its server.",
                    e);
            case "3D000" -> fault(
                    FaultKind.DESTINATION_UNUSABLE,
                    place,
                    "%s is not there: %s.".formatted(place.name(), words(e)),
                    "Create the database (`CREATE DATABASE ... ENCODING 'UTF8' TEMPLATE template0;`), or correct its name in the settings.",
                    e);
            case "42501" -> fault(
                    FaultKind.DESTINATION_UNUSABLE,
                    place,
                    "%s lacks a right in %s: %s%s.".formatted(place.user(), place.name(), words(e), NOTHING_WRITTEN),
                    ("Run as the database's owner: `%s` For a schema that was made by somebody else: `GRANT USAGE, CREATE ON SCHEMA ... TO ...;`; and a table"
                                    + " of ours must belong to this user: `ALTER TABLE ... OWNER TO ...;`.")
                            .formatted(place.grant()),
                    e);
            case "25006" -> fault(
                    FaultKind.DESTINATION_UNUSABLE,
                    place,
                    "%s is read-only: %s%s.".formatted(place.name(), words(e), NOTHING_WRITTEN),
                    "Give the primary's address instead of a standby's; or, where it is one: `ALTER ROLE ... RESET default_transaction_read_only;`, and the same for"
                            + " the database (`ALTER DATABASE ...`) and the server's configuration.",
                    e);
            case "53100" -> full(e, place, "Make room on its disk.");
            case "53400" -> full(e, place, "Make room, or raise the limit that it names (`temp_file_limit`, as a rule).");
            case "53200" -> fault(
                    FaultKind.DESTINATION_BUSY,
                    place,
                    "%s has no memory left: %s%s.".formatted(place.name(), words(e), NOTHING_WRITTEN),
                    "It is tried again. If it stays so, give its server more memory, or lower `work_mem` and `max_connections`.",
                    e);
            case "53300" -> fault(
                    FaultKind.DESTINATION_BUSY,
                    place,
                    "%s has no room for another session: %s.".formatted(place.name(), words(e)),
                    "It is tried again. If it stays so, end other sessions, raise `max_connections`, or the role's `CONNECTION LIMIT`.",
                    e);
            case "40001", "40P01", "55P03", "57014" -> fault(
                    FaultKind.DESTINATION_BUSY,
                    place,
                    "%s gave up a statement of ours, in favour of others or because somebody cancelled it: %s%s."
                            .formatted(place.name(), words(e), NOTHING_WRITTEN),
                    "It is tried again. If it happens often, see which sessions hold locks on its tables: `SELECT * FROM pg_locks WHERE NOT granted`.",
                    e);
            case "57P01", "57P02", "57P03", "57P05", "25P03" -> lost(e, place, "is shutting down, starting, or has ended our session");
            case "42P01", "42703", "3F000", "23505" -> fault(
                    FaultKind.DESTINATION_ALTERED,
                    place,
                    "Somebody has changed what we keep in %s: %s%s.".formatted(place.name(), words(e), NOTHING_WRITTEN),
                    "Undo the change, or run `millrace resync` for the table; and let nobody else write to our tables.",
                    e);
            case "2BP01", "0A000" -> fault(
                    FaultKind.DESTINATION_REFUSED,
                    place,
                    "%s does not let a table be altered that others build on: %s%s.".formatted(place.name(), dependants(e), NOTHING_WRITTEN),
                    "Drop the view or rule that it names, start the run again, and make it anew.",
                    e);
            default -> byClass(e, place, state);
        };
    }

    /// The fault, if the server refused rows for what a value of theirs is (class 22, data exception).
    public static Optional<Fault> ofValue(SQLException e, TableName table) {
        String state = String.valueOf(e.getSQLState());
        return !state.startsWith("22")
                ? Optional.empty()
                : Optional.of(new Fault(
                        FaultKind.VALUE_UNFIT,
                        table.toString(),
                        "A value of %s is not what its type says, or no UTF-8 (SQLSTATE %s), so PostgreSQL cannot hold it%s.".formatted(table, state, NOTHING_WRITTEN),
                        ("Where the source's database is in UTF8, the value was damaged on its way: run again. One in SQL_ASCII accepts any bytes:"
                                        + " mend the value there and run `millrace resync` for %s, or exclude the column.")
                                .formatted(table),
                        e));
    }

    private static Fault byClass(SQLException e, Place place, String state) {
        if (state.startsWith("08")) {
            return hasCause(e, UnknownHostException.class) || state.equals("08001")
                    ? fault(
                            FaultKind.HOST_UNREACHABLE,
                            place,
                            "%s does not answer: %s.".formatted(place.name(), words(e)),
                            "Check the destination's host and port in the settings, that its server runs, and that a firewall or security group lets this"
                                    + " machine in.",
                            e)
                    : lost(e, place, "has been cut off");
        }
        return fault(
                FaultKind.DESTINATION_REFUSED,
                place,
                "%s refused a statement (SQLSTATE %s): %s%s.".formatted(place.name(), state, words(e), NOTHING_WRITTEN),
                "See its server's log; correct what it names and start the run again.",
                e);
    }

    private static Fault full(SQLException e, Place place, String remedy) {
        return fault(
                FaultKind.DESTINATION_FULL,
                place,
                "%s has no room left: %s%s. What comes meanwhile is kept by the source.".formatted(place.name(), words(e), NOTHING_WRITTEN),
                remedy + " Then start the run again; it goes on where it stopped.",
                e);
    }

    private static Fault lost(SQLException e, Place place, String what) {
        return fault(
                FaultKind.CONNECTION_LOST,
                place,
                "%s %s: %s%s.".formatted(place.name(), what, words(e), NOTHING_WRITTEN),
                "Nothing is lost. The run goes on once its server answers.",
                e);
    }

    /// Whether nobody can say what became of a commit that ended so: the session is gone, and with it the answer.
    public static boolean isAnswerLost(SQLException e) {
        String state = String.valueOf(e.getSQLState());
        return state.startsWith("08") || state.startsWith("57P") || e.getSQLState() == null;
    }

    private static String words(SQLException e) {
        String words = ServerWords.of(e);
        return words.endsWith(".") ? words.substring(0, words.length() - 1) : words;
    }

    /// The detail of these names objects, never values.
    private static String dependants(SQLException e) {
        ServerErrorMessage message = e instanceof PSQLException postgres ? postgres.getServerErrorMessage() : null;
        String detail = message == null ? null : message.getDetail();
        return detail == null ? words(e) : words(e) + " (" + detail + ")";
    }

    private static boolean hasCause(@Nullable Throwable e, Class<? extends Throwable> kind) {
        for (Throwable cause = e; cause != null; cause = cause.getCause()) {
            if (kind.isInstance(cause)) {
                return true;
            }
        }
        return false;
    }

    private static Fault fault(FaultKind kind, Place place, String message, String remedy, SQLException e) {
        return new Fault(kind, place.name(), message, remedy, e);
    }
}
