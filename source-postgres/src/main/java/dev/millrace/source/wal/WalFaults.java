package dev.millrace.source.wal;

import dev.millrace.core.fault.Fault;
import dev.millrace.core.fault.FaultKind;
import dev.millrace.core.position.LogSpan;
import dev.millrace.core.position.Lsn;
import dev.millrace.core.shape.Column;
import dev.millrace.core.shape.TableName;
import dev.millrace.source.pgoutput.DamagedMessage;
import java.sql.SQLException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What can be wrong with a slot and its log, in words for a person.
final class WalFaults {

    private WalFaults() {}

    static Fault walLevel(String found) {
        return new Fault(
                FaultKind.WAL_LEVEL,
                "wal_level",
                "The source has wal_level = %s; reading the log needs logical.".formatted(found),
                "Run ALTER SYSTEM SET wal_level = 'logical'; (on Aurora and RDS: rds.logical_replication = 1 in the parameter group)"
                        + " and restart the server.");
    }

    static Fault mayNotReplicate(String user) {
        String quoted = TableName.quote(user);
        return new Fault(
                FaultKind.PERMISSION_MISSING,
                user,
                "User %s may not replicate, so the log cannot be read.".formatted(user),
                "Run ALTER ROLE %s REPLICATION; (on Aurora and RDS: GRANT rds_replication TO %s;).".formatted(quoted, quoted));
    }

    static Fault slotMissing(String slot, Lsn start) {
        return new Fault(
                FaultKind.SLOT_MISSING,
                slot,
                "Replication slot %s does not exist, so changes since %s cannot be read.".formatted(slot, start),
                "Run SELECT pg_create_logical_replication_slot('%s', 'pgoutput'); and copy all tables anew, since the log between is gone."
                        .formatted(slot));
    }

    static Fault slotMissingAtStandby(String slot, Lsn start) {
        return new Fault(
                FaultKind.SLOT_MISSING,
                slot,
                "Replication slot %s does not exist at this standby, so changes since %s cannot be read.".formatted(slot, start),
                "Run SELECT pg_create_logical_replication_slot('%s', 'pgoutput'); at the standby and, while that waits, SELECT pg_log_standby_snapshot(); at the primary;"
                                .formatted(slot)
                        + " then copy all tables anew, since the log between is gone.");
    }

    static Fault otherPlugin(String slot, String finding) {
        return new Fault(
                FaultKind.SLOT_OF_OTHER_PLUGIN,
                slot,
                "Replication slot %s is %s; a logical slot of pgoutput is needed.".formatted(slot, finding),
                "Name another slot, and make it with SELECT pg_create_logical_replication_slot('millrace_slot', 'pgoutput');");
    }

    static Fault otherDatabase(String slot, String found, String wanted) {
        return new Fault(
                FaultKind.SLOT_OF_OTHER_DATABASE,
                slot,
                "Replication slot %s belongs to database %s, so it does not carry changes of database %s.".formatted(slot, found, wanted),
                "Name another slot, and make it while connected to %s with SELECT pg_create_logical_replication_slot('%s_2', 'pgoutput');"
                        .formatted(wanted, slot));
    }

    static Fault lost(String slot, String reason) {
        return new Fault(
                FaultKind.SLOT_LOST,
                slot,
                "PostgreSQL gave up replication slot %s (%s), so changes since its last confirmed position cannot be read any more."
                        .formatted(slot, reason),
                "Run SELECT pg_drop_replication_slot('%s'); SELECT pg_create_logical_replication_slot('%s', 'pgoutput'); copy all tables anew,"
                                .formatted(slot, slot)
                        + " and raise max_slot_wal_keep_size (or idle_replication_slot_timeout) or sync more often.");
    }

    /// A slot of a standby whose log the standby replayed although the slot still needed what that took away.
    static Fault conflicting(String slot, String reason) {
        return new Fault(
                FaultKind.SLOT_LOST,
                slot,
                "The standby gave up replication slot %s, since it could not both keep it and follow its primary (%s); changes since its last confirmed"
                                .formatted(slot, reason)
                        + " position cannot be read any more.",
                "Set hot_standby_feedback = on at the standby, have it follow its primary through a physical replication slot (primary_slot_name), and keep"
                        + " wal_level = logical at the primary. Then run SELECT pg_drop_replication_slot('%s'); SELECT pg_create_logical_replication_slot('%s', 'pgoutput');"
                                .formatted(slot, slot)
                        + " at the standby and copy all tables anew.");
    }

    static Fault standbyTooOld(int version) {
        return new Fault(
                FaultKind.VERSION_UNSUPPORTED,
                "the source",
                "The source is a standby of PostgreSQL %d, whose log cannot be decoded there: standbys have logical replication slots from version 16 on."
                        .formatted(version),
                "Name the primary as `host`, or set `update_method` to XMIN or TELEPORT, which only read tables, or upgrade to version 16 or later.");
    }

    static Fault notReplayedYet(String slot, Lsn start, Lsn end) {
        return new Fault(
                FaultKind.SOURCE_BUSY,
                slot,
                "The destination holds the log up to %s, but the standby has replayed it only up to %s, so there is nothing new to be read yet."
                        .formatted(start, end),
                "Wait: a standby that was restarted, or follows late, comes there by itself. If it never does, it has lost its primary or follows another.");
    }

    static Fault inUse(String slot, long pid) {
        return new Fault(
                FaultKind.SLOT_IN_USE,
                slot,
                "Replication slot %s is being read by server process %d, so it cannot be read here.".formatted(slot, pid),
                "If that is no other connection of yours, it is an earlier session that the server has yet to notice is gone; wait, or run"
                        + " SELECT pg_terminate_backend(%d);".formatted(pid));
    }

    static Fault ahead(String slot, Lsn confirmed, Lsn start) {
        return new Fault(
                FaultKind.SLOT_AHEAD,
                slot,
                "Replication slot %s has moved to %s, but the destination holds the log only up to %s; the changes between are gone."
                        .formatted(slot, confirmed, start),
                "Something else has read or advanced the slot, or the destination is an older copy. Copy all tables anew.");
    }

    static Fault beyondLog(String slot, Lsn start, Lsn end) {
        return new Fault(
                FaultKind.OTHER_SYSTEM,
                slot,
                "The destination holds the log up to %s, but the source's log ends at %s: this server's log has gone back or is another's."
                        .formatted(start, end),
                "If the server was restored or failed over to a standby that was behind, copy all tables anew; otherwise correct the host.");
    }

    static Fault ended(String slot) {
        return new Fault(
                FaultKind.CONNECTION_LOST,
                slot,
                "The server ended the stream of replication slot %s; it is being shut down or restarted.".formatted(slot),
                "Nothing; reading goes on once the server is back.");
    }

    static Fault publicationTooYoung(LogSettings settings, SQLException cause) {
        String names = String.join(", ", settings.publications());
        return new Fault(
                FaultKind.PUBLICATION_MISSING,
                names,
                "Publication %s was made after replication slot %s, so the part of the log that is read first does not know it."
                        .formatted(names, settings.slot()),
                "Run SELECT pg_drop_replication_slot('%s'); SELECT pg_create_logical_replication_slot('%s', 'pgoutput'); and copy all tables anew."
                        .formatted(settings.slot(), settings.slot()),
                cause);
    }

    /// A message that cannot be read.
    ///
    /// @param relation whose row it brings; null if it brings none, or that is not known
    /// @param reached up to where the log was read whole
    static Fault damaged(DamagedMessage damage, Relation.@Nullable Followed relation, Lsn reached) {
        String where = "";
        String subject = "the log";
        if (relation != null) {
            subject = relation.shape().table().toString();
            List<Column> columns = relation.shape().columns();
            boolean isNamed = relation.mask() == null && damage.field() >= 0 && damage.field() < columns.size();
            where = " It is of table %s%s.".formatted(subject, isNamed ? ", column " + columns.get(damage.field()).name() : "");
        }
        return new Fault(
                FaultKind.LOG_DAMAGED,
                subject,
                "A message of the log is not as PostgreSQL writes it (%s).%s Nothing of its transaction was written."
                        .formatted(damage.getMessage(), where),
                "Run again: what was damaged on its way comes again whole. If the same message is refused again, report it; until then, exclude the table, or make a new slot and `millrace resync` everything.",
                damage)
                .within(LogSpan.behind(reached));
    }
}
