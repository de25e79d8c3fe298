package dev.millrace.source.check;

import dev.millrace.core.check.Finding;
import dev.millrace.core.check.SetupTest;
import dev.millrace.core.fault.Nearest;
import dev.millrace.core.shape.TableName;
import dev.millrace.source.Following;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Whether the replication slot is there and fit to be read by this user.
record SlotQuestion(CheckSettings settings) implements Question {

    /// The first version whose standbys have logical slots.
    private static final int STANDBYS_DECODE = 16;

    private static final String CANCELLED = "57014";
    private static final String IN_USE = "55006";
    private static final String UNKNOWN_OBJECT = "42704";

    private record Slot(
            String type,
            @Nullable String plugin,
            @Nullable String database,
            long reader,
            String readerApplication,
            @Nullable String readerAddress,
            String readerUser,
            Optional<String> lost,
            long heldBytes) {}

    @Override
    public SetupTest test() {
        return SetupTest.SLOT;
    }

    @Override
    public List<Finding> ask(Connection session) throws SQLException {
        return settings.following() instanceof Following.Log(String slot, String publication)
                ? new Log(session, slot, publication).findings()
                : List.of(Finding.skipped(test(), "The log is not read with this `update_method`."));
    }

    /// The questions about one slot.
    private final class Log {

        private final Connection session;
        private final String name;
        private final String publication;
        private final List<Finding> findings = new ArrayList<>();

        Log(Connection session, String name, String publication) {
            this.session = session;
            this.name = name;
            this.publication = publication;
        }

        List<Finding> findings() throws SQLException {
            boolean isStandby;
            boolean isLogical;
            try (Statement statement = session.createStatement();
                    ResultSet row = statement.executeQuery(CheckSql.DECODING)) {
                row.next();
                isStandby = row.getBoolean("standby");
                isLogical = "logical".equals(row.getString("wal_level"));
                if (isStandby && row.getInt("major") < STANDBYS_DECODE) {
                    failed(
                            "The server is a standby of PostgreSQL %d; standbys have logical replication slots from version %d on."
                                    .formatted(row.getInt("major"), STANDBYS_DECODE),
                            "Name the primary as `source.host`, or set `update_method` to XMIN or TELEPORT, or upgrade.");
                    return findings;
                }
                if (!row.getBoolean("may_replicate")) {
                    String user = TableName.quote(settings.user());
                    failed(
                            "User %s may not replicate, so it cannot read a slot.".formatted(settings.user()),
                            row.getBoolean("has_rds_role")
                                    ? "GRANT rds_replication TO %s;".formatted(user)
                                    : "ALTER ROLE %s REPLICATION;".formatted(user));
                }
            }
            Optional<Slot> slot = slot();
            if (slot.isEmpty()) {
                missing(isStandby);
                return findings;
            }
            judge(slot.get());
            if (findings.isEmpty() && slot.get().reader() != 0) {
                inUse(slot.get());
            } else if (findings.isEmpty() && isLogical && publicationExists()) {
                peek(slot.get());
            } else if (findings.isEmpty()) {
                passed(slot.get(), "What it holds was not looked into, for want of %s."
                        .formatted(isLogical ? "the publication" : "`wal_level = logical`"));
            }
            return findings;
        }

        private void missing(boolean isStandby) throws SQLException {
            List<String> others = new ArrayList<>();
            try (Statement statement = session.createStatement();
                    ResultSet row = statement.executeQuery(CheckSql.SLOTS_HERE)) {
                while (row.next()) {
                    others.add(row.getString(1));
                }
            }
            failed(
                    "There is no replication slot %s.%s".formatted(name, Nearest.hint(name, others)),
                    create() + (isStandby ? "\n-- that waits until this has been run at the primary:\n-- SELECT pg_log_standby_snapshot();" : "")
                            + "\n-- if something was copied already, then also: ./millrace resync FILE");
        }

        private void judge(Slot slot) throws SQLException {
            String database = session.getCatalog();
            if (!slot.type().equals("logical") || !"pgoutput".equals(slot.plugin())) {
                failed(
                        "Replication slot %s is %s; a logical one of plugin pgoutput is needed.".formatted(
                                name, slot.type().equals("logical") ? "of plugin " + slot.plugin() : slot.type()),
                        "-- name another in `source.replication_slot`; or, if nobody needs this one:\n" + drop() + "\n" + create());
            } else if (!database.equals(slot.database())) {
                failed(
                        "Replication slot %s is of database %s and has no changes of database %s.".formatted(name, slot.database(), database),
                        "-- name another in `source.replication_slot`, and make it while connected to database %s, such as:\nSELECT pg_create_logical_replication_slot(%s, 'pgoutput');"
                                .formatted(CheckText.inComment(database), CheckSql.literal(name + "_2")));
            } else if (slot.lost().isPresent()) {
                failed(
                        "PostgreSQL has given up replication slot %s (%s): changes since it was last read are gone.".formatted(name, slot.lost().get()),
                        drop() + "\n" + create() + "\n-- if something was copied already, then also: ./millrace resync FILE"
                                + "\n-- and see Configuration Values for what made it so");
            }
        }

        /// By whom, in words that a person can act on.
        private void inUse(Slot slot) {
            boolean isOurs = slot.readerApplication().equals("millrace") && slot.readerUser().equals(settings.user());
            String who = "process %d (application_name %s%s%s)".formatted(
                    slot.reader(),
                    slot.readerApplication().isEmpty() ? "not known" : slot.readerApplication(),
                    slot.readerUser().isEmpty() ? "" : ", user " + slot.readerUser(),
                    slot.readerAddress() == null ? "" : ", from " + slot.readerAddress());
            String end = "SELECT pg_terminate_backend(%d);".formatted(slot.reader());
            if (isOurs && settings.ownSyncRuns().getAsBoolean()) {
                passed(slot, "This connection's own sync is reading it: %s.".formatted(who));
            } else if (isOurs) {
                findings.add(Finding.warning(
                        test(),
                        "Replication slot %s is being read by Millrace: %s. No sync of this connection is known here; a run waits until it ends."
                                .formatted(name, who),
                        "-- a sync elsewhere, another connection that shares the slot (each needs its own), or a session that has yet to be noticed gone:\n" + end));
            } else {
                failed(
                        "Replication slot %s is being read by another application: %s. What that one reads, this connection does not get.".formatted(name, who),
                        "-- make a slot for this connection alone and name it in `source.replication_slot`; or end the other, where it is stray:\n" + end);
            }
        }

        /// The set-up guide's own verification, made to end at the first transaction.
        private void peek(Slot slot) throws SQLException {
            try (PreparedStatement statement = session.prepareStatement(CheckSql.PEEK)) {
                statement.setString(1, name);
                statement.setString(2, TableName.quote(publication));
                try (ResultSet row = statement.executeQuery()) {
                    row.next();
                    passed(slot, "It can be read.");
                }
            } catch (SQLException e) {
                switch (String.valueOf(e.getSQLState())) {
                    case CANCELLED -> findings.add(Finding.warning(
                            test(),
                            "Replication slot %s was not read to its first transaction in the time that a check takes: it holds back %s of log. A run reads it, however long that takes."
                                    .formatted(name, CheckText.bytes(slot.heldBytes())),
                            ""));
                    case IN_USE -> findings.add(Finding.warning(
                            test(), "Somebody began to read replication slot %s just now.".formatted(name), "Ask again."));
                    case UNKNOWN_OBJECT -> failed(
                            "Publication %s was made after replication slot %s, so the log that the slot begins with does not know it."
                                    .formatted(publication, name),
                            drop() + "\n" + create());
                    default -> throw e;
                }
            }
        }

        private boolean publicationExists() throws SQLException {
            try (PreparedStatement statement = session.prepareStatement(CheckSql.PUBLICATION)) {
                statement.setString(1, publication);
                try (ResultSet row = statement.executeQuery()) {
                    return row.next();
                }
            }
        }

        private Optional<Slot> slot() throws SQLException {
            try (PreparedStatement statement = session.prepareStatement(CheckSql.SLOT)) {
                statement.setString(1, name);
                try (ResultSet row = statement.executeQuery()) {
                    return row.next() ? Optional.of(read(row)) : Optional.empty();
                }
            }
        }

        private void passed(Slot slot, String more) {
            findings.add(Finding.passed(
                    test(),
                    "Replication slot %s is logical, of pgoutput and of this database, and holds back %s of log. %s"
                            .formatted(name, CheckText.bytes(slot.heldBytes()), more)));
        }

        private void failed(String message, String remedy) {
            findings.add(Finding.failed(test(), message, remedy));
        }

        private String create() {
            return "SELECT pg_create_logical_replication_slot(%s, 'pgoutput');".formatted(CheckSql.literal(name));
        }

        private String drop() {
            return "SELECT pg_drop_replication_slot(%s);".formatted(CheckSql.literal(name));
        }
    }

    private static Slot read(ResultSet row) throws SQLException {
        return new Slot(
                row.getString("slot_type"),
                row.getString("plugin"),
                row.getString("database"),
                row.getLong("active_pid"),
                row.getString("application_name"),
                row.getString("client_addr"),
                row.getString("usename"),
                lost(row.getString("wal_status"), row.getString("invalidation_reason"), row.getBoolean("conflicting")),
                row.getLong("held_bytes"));
    }

    private static Optional<String> lost(@Nullable String walStatus, @Nullable String reason, boolean conflicting) {
        if (reason != null) {
            return Optional.of("invalidation_reason = " + reason);
        }
        if (conflicting) {
            return Optional.of("it conflicts with recovery");
        }
        return "lost".equals(walStatus) ? Optional.of("wal_status = lost") : Optional.empty();
    }
}
