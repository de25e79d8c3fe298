package dev.millrace.source.fault;

import dev.millrace.core.fault.Fault;
import dev.millrace.core.fault.FaultKind;
import dev.millrace.core.shape.TableName;
import dev.millrace.postgres.fault.NotOpened;
import dev.millrace.postgres.fault.ServerWords;
import java.net.UnknownHostException;
import java.sql.SQLException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Turns the driver's exceptions into faults, by SQLSTATE (manual, appendix A) and never by the text of a message.
public final class PostgresFaults {

    private PostgresFaults() {}

    /// The fault that an exception tells of.
    ///
    /// @param subject the table, slot or other object that was being worked on
    public static Fault of(SQLException e, String subject) {
        if (e instanceof NotOpened known) {
            return known.fault();
        }
        String state = String.valueOf(e.getSQLState());
        return switch (state) {
            case "28P01", "28000" -> login(e, subject);
            case "3D000" -> new Fault(
                    FaultKind.DATABASE_MISSING,
                    subject,
                    "The database does not exist on this server: " + ServerWords.of(e),
                    "Correct `database` in the settings, or create the database.",
                    e);
            case "42501" -> new Fault(
                    FaultKind.PERMISSION_MISSING,
                    subject,
                    "The source refused %s for want of a right: %s".formatted(subject, ServerWords.of(e)),
                    "Grant the right to the user, or unselect the table.",
                    e);
            case "53300", "53400" -> new Fault(
                    FaultKind.SOURCE_BUSY,
                    subject,
                    "The source has no room for another session: " + ServerWords.of(e),
                    "Wait, end other sessions, or raise `max_connections`, `max_wal_senders` or `max_replication_slots`.",
                    e);
            case "55006" -> new Fault(
                    FaultKind.SLOT_IN_USE,
                    subject,
                    "Something else is reading %s: %s".formatted(subject, ServerWords.of(e)),
                    "Stop the other reader; one slot serves one connection. `SELECT active_pid FROM pg_replication_slots` names it.",
                    e);
            case "22021", "22P05" -> new Fault(
                    FaultKind.VALUE_UNFIT,
                    subject,
                    "The source has a text that is not UTF-8, so it cannot send it for %s.".formatted(subject),
                    "Mend the text at the source, whose encoding accepts such bytes (SQL_ASCII does), and start the run again. If it is the log that"
                            + " holds it: then make the replication slot anew and run `millrace resync`.",
                    e);
            case "40001" -> conflict(e, subject, "The standby ended the reading of %s".formatted(subject));
            case "40P01" -> new Fault(
                    FaultKind.SOURCE_BUSY,
                    subject,
                    "The source ended the reading of %s, which stood in a deadlock with others: %s".formatted(subject, ServerWords.of(e)),
                    "Run again.",
                    e);
            case "57P01", "57P02", "57P03" -> lost(e, subject, "The source's server is shutting down, starting or ended our session");
            case "42P01", "42703" -> new Fault(
                    FaultKind.SOURCE_REFUSED,
                    subject,
                    "The source has changed while %s was being read: %s".formatted(subject, ServerWords.of(e)),
                    "Start the run again; it reads the catalogue anew.",
                    e);
            default -> byClass(e, subject, state);
        };
    }

    /// A session that a standby has ended while it rested within a transaction: what it says of that is lost as a rule.
    public static Fault endedByStandby(SQLException e, String subject) {
        return conflict(e, subject, "The standby ended the session in which %s was being read, or the session broke".formatted(subject));
    }

    private static Fault conflict(SQLException e, String subject, String what) {
        return new Fault(
                FaultKind.RECOVERY_CONFLICT,
                subject,
                "%s, which it does if its primary has removed or locked what is being read: %s".formatted(what, ServerWords.of(e)),
                "A sync reads it again by itself, a comparison is to be run again. So that it happens less often, set max_standby_streaming_delay ="
                        + " '30min' at the standby (and max_standby_archive_delay, where it follows an archive), or hot_standby_feedback = on, which has"
                        + " the primary keep old rows for as long as they are read.",
                e);
    }

    /// Publications that do not exist, so that neither tables nor log can be read.
    public static Fault publicationsMissing(List<String> names) {
        String all = String.join(", ", names);
        return new Fault(
                FaultKind.PUBLICATION_MISSING,
                all,
                "Publication %s does not exist in this database, so there is no list of tables to follow.".formatted(all),
                "Run `CREATE PUBLICATION %s FOR ALL TABLES;` (or FOR TABLE ...), then make the replication slot anew after it, or correct"
                        .formatted(TableName.quote(names.getFirst()))
                        + " `publication_name`.");
    }

    private static Fault byClass(SQLException e, String subject, String state) {
        if (state.startsWith("08")) {
            return hasCause(e, UnknownHostException.class)
                    ? new Fault(
                            FaultKind.HOST_UNREACHABLE,
                            subject,
                            "The host's name does not resolve, so the source cannot be reached.",
                            "Correct `host` in the settings, or the network's name service.",
                            e)
                    : state.equals("08001")
                            ? new Fault(
                                    FaultKind.HOST_UNREACHABLE,
                                    subject,
                                    "The source does not answer: " + ServerWords.of(e),
                                    "Check `host` and `port`, that the server runs, and that a firewall or security group lets this machine in.",
                                    e)
                            : lost(e, subject, "The session with the source broke");
        }
        return new Fault(
                FaultKind.SOURCE_REFUSED,
                subject,
                "The source refused %s (SQLSTATE %s): %s".formatted(subject, state, ServerWords.of(e)),
                "See the server's log; correct what it names and start the run again.",
                e);
    }

    private static Fault login(SQLException e, String subject) {
        return new Fault(
                FaultKind.LOGIN_REFUSED,
                subject,
                "The source refused the login: " + ServerWords.of(e),
                "Correct `user` and `password` in the settings, or `pg_hba.conf` on the server.",
                e);
    }

    private static Fault lost(SQLException e, String subject, String what) {
        return new Fault(
                FaultKind.CONNECTION_LOST,
                subject,
                "%s while %s was being read: %s".formatted(what, subject, ServerWords.of(e)),
                "Nothing is lost. The run can be started again once the server answers.",
                e);
    }

    private static boolean hasCause(@Nullable Throwable e, Class<? extends Throwable> kind) {
        for (Throwable cause = e; cause != null; cause = cause.getCause()) {
            if (kind.isInstance(cause)) {
                return true;
            }
        }
        return false;
    }
}
