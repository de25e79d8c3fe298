package dev.millrace.source.check;

import dev.millrace.core.check.Finding;
import dev.millrace.core.check.SetupTest;
import dev.millrace.source.Following;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Whether the server's settings bear what is asked of them: each with the value found, the value to recommend, and why.
///
/// @param rateMeansSomething for how long the server must have counted what it writes to its log before a rate is made of it
record ConfigurationQuestion(CheckSettings settings, Duration rateMeansSomething) implements Question {

    private static final Duration KEPT_AT_LEAST = Duration.ofDays(2);
    private static final Duration IDLE_AT_LEAST = Duration.ofHours(24);
    private static final Duration DELAY_AT_LEAST = Duration.ofMinutes(15);
    private static final Duration RATE_MEANS_SOMETHING = Duration.ofHours(1);
    private static final long DECODING_MEMORY_AT_LEAST = 64L << 20;
    private static final int STATUSES_WITHIN_TIMEOUT = 3;

    ConfigurationQuestion(CheckSettings settings) {
        this(settings, RATE_MEANS_SOMETHING);
    }

    @Override
    public SetupTest test() {
        return SetupTest.CONFIGURATION;
    }

    @Override
    public List<Finding> ask(Connection session) throws SQLException {
        ServerSettings server = ServerSettings.read(session);
        Values values = new Values(session, server);
        if (settings.following() instanceof Following.Log(String slot, _)) {
            values.walLevel();
            values.slots(slot);
            values.senders(slot);
            values.senderTimeout();
            values.keptLog();
            values.decodingMemory();
            values.idleTimeout();
            values.feedback();
        }
        values.delay();
        return values.findings.isEmpty()
                ? List.of(Finding.skipped(test(), "With this `update_method` nothing is asked of the settings of a primary."))
                : values.findings;
    }

    /// Judges one setting after the other.
    private final class Values {

        private final Connection session;
        private final ServerSettings server;
        private final List<Finding> findings = new ArrayList<>();

        Values(Connection session, ServerSettings server) {
            this.session = session;
            this.server = server;
        }

        void walLevel() {
            String found = server.text("wal_level").orElse("");
            String name = settings.hosting().isAmazon() ? "wal_level (rds.logical_replication)" : "wal_level";
            if (found.equals("logical")) {
                passed("%s = logical, as reading the log needs it.".formatted(name));
            } else {
                failed(
                        "%s = %s; recommended: logical, without which the log says nothing of rows.".formatted(name, found),
                        settings.hosting().setting("wal_level", "logical", true));
            }
        }

        void slots(String slot) throws SQLException {
            long most = server.number("max_replication_slots").orElse(0L);
            Use use = use(CheckSql.SLOTS_USED, slot);
            String found = "max_replication_slots = %d, of which %d are taken".formatted(most, use.taken());
            if (use.taken() < most) {
                passed("%s; one for each connection and one to spare, which backlogs are read through, is what is needed.".formatted(found));
            } else if (use.isOurs()) {
                warned(
                        "%s, ours among them; recommended: one to spare, through which a backlog is read ahead while it is written.".formatted(found),
                        settings.hosting().setting("max_replication_slots", Long.toString(most + 1), true));
            } else {
                failed(
                        "%s; recommended: at least one more, for this connection.".formatted(found),
                        "-- drop one that nobody needs:\nSELECT slot_name, active FROM pg_replication_slots;\n-- or:\n"
                                + settings.hosting().setting("max_replication_slots", Long.toString(most + 2), true));
            }
        }

        void senders(String slot) throws SQLException {
            long most = server.number("max_wal_senders").orElse(0L);
            Use use = use(CheckSql.SENDERS_USED, slot);
            String found = "max_wal_senders = %d, of which %d are at work".formatted(most, use.taken());
            if (use.taken() < most || use.isOurs()) {
                passed("%s; a sync needs one.".formatted(found));
            } else {
                failed(
                        "%s; recommended: at least one more, through which a sync reads the log.".formatted(found),
                        settings.hosting().setting("max_wal_senders", Long.toString(most + 2), true));
            }
        }

        void senderTimeout() {
            Duration found = server.duration("wal_sender_timeout").orElse(Duration.ZERO);
            Duration least = settings.statusInterval().multipliedBy(STATUSES_WITHIN_TIMEOUT);
            if (found.isZero()) {
                passed("wal_sender_timeout = 0, as the set-up guide of the reference product recommends.");
            } else if (found.compareTo(least) >= 0) {
                passed("wal_sender_timeout = %s; 0 is what is often recommended, but a limit is fine here: the source hears of us every %s, also while the destination is slow."
                        .formatted(CheckText.duration(found), CheckText.duration(settings.statusInterval())));
            } else {
                warned(
                        "wal_sender_timeout = %s; recommended: 0, or at least %s, which is %d times `limits.status_interval`. One late status, and the server ends the session."
                                .formatted(CheckText.duration(found), CheckText.duration(least), STATUSES_WITHIN_TIMEOUT),
                        settings.hosting().setting("wal_sender_timeout", "0", false));
            }
        }

        /// The log is kept for a slot up to this, and then the slot is given up. From PostgreSQL 13 on; before, for as long as there is disk.
        void keptLog() throws SQLException {
            Optional<Long> limit = server.bytes("max_slot_wal_keep_size");
            if (limit.isEmpty()) {
                return;
            }
            if (limit.get() < 0) {
                passed("max_slot_wal_keep_size = -1: log is kept for the slot for as long as there is disk. Watch the disk.");
                return;
            }
            String found = "max_slot_wal_keep_size = %s".formatted(CheckText.bytes(limit.get()));
            Optional<WalRate> rate = WalRate.read(session);
            if (rate.isEmpty() || rate.get().seen().compareTo(rateMeansSomething) < 0) {
                passed("%s; recommended: -1, or what is written in two days. How much that is cannot be told here yet: see pg_stat_wal.".formatted(found));
                return;
            }
            long needed = rate.get().bytesIn(KEPT_AT_LEAST);
            String measured = "about %s at the rate of the last %s".formatted(CheckText.bytes(needed), CheckText.age(rate.get().seen()));
            if (limit.get() >= needed) {
                passed("%s, which is enough for two days (%s).".formatted(found, measured));
            } else {
                warned(
                        "%s; recommended: -1, or what is written in two days (%s), so that the slot outlives a weekend without a sync.".formatted(found, measured),
                        settings.hosting().setting("max_slot_wal_keep_size", (needed >> 20) + 1 + (settings.hosting().isAmazon() ? "" : "MB"), false));
            }
        }

        /// From PostgreSQL 13 on.
        void decodingMemory() {
            Optional<Long> found = server.bytes("logical_decoding_work_mem");
            if (found.isEmpty()) {
                return;
            }
            String streams = server.majorVersion() >= 14
                    ? "large transactions are streamed to us, so more is not needed"
                    : "on a busy server of this version more (up to 4GB) keeps large transactions off the source's disk";
            if (found.get() >= DECODING_MEMORY_AT_LEAST) {
                passed("logical_decoding_work_mem = %s; %s.".formatted(CheckText.bytes(found.get()), streams));
            } else {
                warned(
                        "logical_decoding_work_mem = %s; recommended: 64MB or more, since with less even middling transactions are spilled to disk or streamed in many pieces."
                                .formatted(CheckText.bytes(found.get())),
                        settings.hosting().setting("logical_decoding_work_mem", settings.hosting().isAmazon() ? "65536" : "64MB", false));
            }
        }

        /// From PostgreSQL 18 on.
        void idleTimeout() {
            Optional<Duration> found = server.duration("idle_replication_slot_timeout");
            if (found.isEmpty()) {
                return;
            }
            if (found.get().isZero()) {
                passed("idle_replication_slot_timeout = 0: a slot is not given up for being idle.");
            } else if (found.get().compareTo(IDLE_AT_LEAST) >= 0) {
                passed("idle_replication_slot_timeout = %s; 0 or 24h and more is what is needed. Sync more often than that."
                        .formatted(CheckText.duration(found.get())));
            } else {
                warned(
                        "idle_replication_slot_timeout = %s; recommended: 0, or at least 24h. A slot that is not read for as long is given up, and everything is to be copied again."
                                .formatted(CheckText.duration(found.get())),
                        settings.hosting().setting("idle_replication_slot_timeout", "0", false));
            }
        }

        void feedback() {
            if (!server.isStandby()) {
                return;
            }
            if (server.text("hot_standby_feedback").orElse("").equals("on")) {
                passed("hot_standby_feedback = on, as a slot of a standby needs it.");
            } else {
                warned(
                        "hot_standby_feedback = off; recommended: on, at this standby. Without, the primary removes what the slot needs, and the standby gives up the slot.",
                        settings.hosting().setting("hot_standby_feedback", "on", false));
            }
        }

        void delay() {
            if (!server.isStandby()) {
                return;
            }
            String name = "max_standby_streaming_delay";
            long found = server.number(name).orElse(0L);
            if (found < 0) {
                passed("%s = -1: reads are waited for, however long they last.".formatted(name));
                return;
            }
            Duration delay = Duration.ofMillis(found);
            if (delay.compareTo(DELAY_AT_LEAST) >= 0) {
                passed("%s = %s; 15min to 30min suit copies of large tables.".formatted(name, CheckText.duration(delay)));
            } else {
                warned(
                        "%s = %s; recommended: 15min to 30min. A read that lasts longer and stands in the primary's way is cancelled, and begins anew."
                                .formatted(name, CheckText.duration(delay)),
                        settings.hosting().setting(name, settings.hosting().isAmazon() ? "1800000" : "30min", false));
            }
        }

        /// How many are taken.
        ///
        /// @param isOurs whether the connection's own is among them
        private record Use(long taken, boolean isOurs) {}

        private Use use(String sql, String slot) throws SQLException {
            try (PreparedStatement statement = session.prepareStatement(sql)) {
                statement.setString(1, slot);
                try (ResultSet row = statement.executeQuery()) {
                    row.next();
                    return new Use(row.getLong("taken"), row.getBoolean("ours"));
                }
            }
        }

        private void passed(String message) {
            findings.add(Finding.passed(test(), message));
        }

        private void warned(String message, String remedy) {
            findings.add(Finding.warning(test(), message, remedy));
        }

        private void failed(String message, String remedy) {
            findings.add(Finding.failed(test(), message, remedy));
        }
    }
}
