package dev.millrace.server.web.connection;

import dev.millrace.server.connection.ConnectionRecord;
import dev.millrace.server.connection.Schedule;
import dev.millrace.server.connection.Standing;
import dev.millrace.server.connection.Standing.Setup;
import dev.millrace.server.group.Group;
import dev.millrace.server.run.ActiveRun;
import dev.millrace.server.web.Moment;
import dev.millrace.server.web.Pill;
import dev.millrace.server.web.Site;
import dev.millrace.worker.progress.TablePicture;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.node.ObjectNode;

/// A connection at a glance.
///
/// @param id ours
/// @param name the schema prefix
/// @param service what kind of PostgreSQL it is
/// @param source where it reads
/// @param destination the name of its group
/// @param groupId of its destination
/// @param pill how it stands
/// @param detail more of how it stands; empty where there is no more
/// @param last when a run last reached its goal
/// @param next when the next is due
/// @param schedule when it is synced, in words
/// @param paused whether it is left alone
/// @param running whether a run goes on
/// @param historical whether its first copy is still to be made
/// @param isSetUp whether its setup tests have passed
/// @param fault what somebody should know or do something about
public record Glance(
        String id,
        String name,
        String service,
        String source,
        String destination,
        String groupId,
        Pill pill,
        String detail,
        Optional<Moment> last,
        Optional<Moment> next,
        String schedule,
        boolean paused,
        boolean running,
        boolean historical,
        boolean isSetUp,
        Optional<Problem> fault) {

    /// What went wrong.
    ///
    /// @param message what is so
    /// @param remedy what to do
    public record Problem(String message, String remedy) {

        static Problem of(ObjectNode fault) {
            return new Problem(fault.path("message").asString(""), fault.path("remedy").asString(""));
        }
    }

    /// One, as it stands now.
    public static Glance of(Site site, ConnectionRecord connection) {
        Standing standing = site.plane().connections().standing(connection.id());
        boolean running = site.plane().runs().current(connection.id()).isPresent();
        Optional<ActiveRun> active = site.plane().conductor().active(connection.id());
        return new Glance(
                connection.id(),
                connection.schemaPrefix(),
                service(connection.service()),
                "%s:%s/%s".formatted(
                        connection.config().path("host").asString("?"), connection.config().path("port").asString("?"), connection.config().path("database").asString("?")),
                site.plane().groups().find(connection.groupId()).map(Group::name).orElse(connection.groupId()),
                connection.groupId(),
                pill(connection, standing, running, active.filter(Glance::isCopied).isPresent()),
                detail(standing, active),
                standing.succeeded().map(at -> Moment.of(at, site.clock().instant())),
                running || connection.paused() ? Optional.empty() : standing.next().map(at -> Moment.of(at, site.clock().instant())),
                schedule(connection.schedule()),
                connection.paused(),
                running,
                standing.historical(),
                standing.setup() != Setup.INCOMPLETE,
                standing.fault().map(Problem::of));
    }

    private static Pill pill(ConnectionRecord connection, Standing standing, boolean running, boolean copied) {
        if (standing.setup() == Setup.INCOMPLETE) {
            return Pill.idle("Setting up");
        }
        if (running) {
            return Pill.busy(standing.historical() && !copied ? "First copy" : connection.schedule().continuous() ? "Following" : "Syncing");
        }
        if (standing.setup() == Setup.BROKEN) {
            return Pill.bad("Needs you");
        }
        if (connection.paused()) {
            return standing.historical() ? Pill.idle("Ready") : Pill.idle("Paused");
        }
        if (standing.failures() > 0) {
            return Pill.warn("Trying again");
        }
        return standing.historical() ? Pill.busy("Waiting") : Pill.good("Up to date");
    }

    /// Whether a run has copied every table, and follows.
    static boolean isCopied(ActiveRun run) {
        return !run.picture().tables().isEmpty() && run.picture().isCopied();
    }

    private static String detail(Standing standing, Optional<ActiveRun> active) {
        List<TablePicture> tables = active.map(run -> run.picture().tables()).orElse(List.of());
        long done = tables.stream().filter(table -> table.stage() == TablePicture.Stage.PUBLISHED).count();
        if (!tables.isEmpty() && done < tables.size()) {
            return "%d of %d tables".formatted(done, tables.size());
        }
        return standing.failures() > 1 && active.isEmpty() ? "%d failures in a row".formatted(standing.failures()) : "";
    }

    /// What people call a kind of PostgreSQL.
    public static String service(String name) {
        return switch (name) {
            case "aurora_postgres" -> "Amazon Aurora PostgreSQL";
            case "postgres_rds" -> "Amazon RDS for PostgreSQL";
            case "azure_postgres" -> "Azure Database for PostgreSQL";
            case "google_cloud_postgresql" -> "Google Cloud SQL for PostgreSQL";
            case "heroku_postgres" -> "Heroku Postgres";
            default -> "PostgreSQL";
        };
    }

    private static String schedule(Schedule schedule) {
        if (schedule.manual()) {
            return "when asked";
        }
        return schedule.continuous() ? "all the time" : every(schedule.minutes());
    }

    /// An interval in words.
    public static String every(int minutes) {
        if (minutes == 1) {
            return "every minute";
        }
        if (minutes % 60 != 0) {
            return "every %d min".formatted(minutes);
        }
        return minutes == 60 ? "every hour" : minutes == 1_440 ? "every day" : "every %d h".formatted(minutes / 60);
    }
}
