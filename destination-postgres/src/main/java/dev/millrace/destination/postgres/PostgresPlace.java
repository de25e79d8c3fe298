package dev.millrace.destination.postgres;

import dev.millrace.core.check.Finding;
import dev.millrace.core.check.Outcome;
import dev.millrace.core.destination.CopyPlace;
import dev.millrace.core.destination.CopyReader;
import dev.millrace.core.destination.Memory;
import dev.millrace.core.destination.MetadataTable;
import dev.millrace.core.destination.PlaceFinding;
import dev.millrace.core.fault.Fault;
import dev.millrace.core.merge.SystemColumns;
import dev.millrace.core.naming.Displaced;
import dev.millrace.core.naming.GivenNames;
import dev.millrace.postgres.session.Sessions;
import dev.millrace.postgres.tls.CertificateCheck;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// A PostgreSQL database as the place of a copy.
///
/// @param sessions with the database; they stay the caller's
/// @param certificate asks for that of its server; empty where nothing is to be asked of it
/// @param subject what people call it
/// @param schemaPrefix of the connection
/// @param settings what a user chooses of how it is written
public record PostgresPlace(Sessions sessions, Optional<CertificateCheck> certificate, String subject, String schemaPrefix, PostgresSettings settings) implements CopyPlace {

    private static final int OLDEST = 11;

    @Override
    public PostgresDestination open(InstantSource clock) {
        return PostgresDestination.open(sessions, subject, schemaPrefix, settings, clock);
    }

    @Override
    public boolean isThere() {
        try (TargetSession session = TargetSession.open(sessions, subject)) {
            return MemoryTables.areThere(session);
        }
    }

    @Override
    public Optional<CopyReader> reader() {
        TargetSession session = TargetSession.open(sessions, subject);
        try {
            if (MemoryTables.areThere(session)) {
                return Optional.of(new PostgresReader(session, schemaPrefix, new SystemColumns(settings.systemColumnPrefix())));
            }
        } catch (Throwable e) {
            session.abandon();
            throw e;
        }
        session.close();
        return Optional.empty();
    }

    @Override
    public List<Displaced> displaced(Memory memory) {
        return settings.displaced(schemaPrefix, memory);
    }

    @Override
    public GivenNames names() {
        return settings.names(schemaPrefix);
    }

    /// Whether the server is believed to be the right one, the database can be reached, is of a kind that holds every value, and lets the user make schemas and tables.
    @Override
    public List<PlaceFinding> check() {
        List<PlaceFinding> findings = new ArrayList<>();
        Optional<Finding> presented = certificate.map(CertificateCheck::finding).filter(finding -> finding.outcome() != Outcome.SKIPPED);
        presented.map(PostgresPlace::certificate).ifPresent(findings::add);
        if (presented.filter(finding -> finding.outcome() == Outcome.FAILED).isPresent()) {
            return findings;
        }
        try (TargetSession session = TargetSession.open(sessions, subject)) {
            findings.add(PlaceFinding.fit("Login", "%s lets `%s` in.".formatted(subject, session.place().user())));
            findings.add(version(session));
            findings.add(asked("Encoding", "Its encoding is UTF8.", session::checkEncoding));
            findings.add(writable(session));
            findings.add(rights(session));
            findings.add(asked("Prefix", "Schemas are called `%s_...`.".formatted(schemaPrefix), () -> PostgresNames.checkPrefix(schemaPrefix)));
        } catch (Fault fault) {
            findings.add(unfit("Login", fault));
        }
        return findings;
    }

    private static PlaceFinding certificate(Finding finding) {
        return new PlaceFinding("Certificate", finding.outcome() != Outcome.FAILED, "%s %s".formatted(finding.message(), finding.remedy()).strip(), finding.approvable());
    }

    private static PlaceFinding asked(String title, String fit, Runnable question) {
        try {
            question.run();
            return PlaceFinding.fit(title, fit);
        } catch (Fault fault) {
            return unfit(title, fault);
        }
    }

    private static PlaceFinding unfit(String title, Fault fault) {
        return PlaceFinding.unfit(title, "%s %s".formatted(fault.description(), fault.remedy()));
    }

    private static PlaceFinding version(TargetSession session) {
        int version = session.types().server().version();
        return version < OLDEST
                ? PlaceFinding.unfit("Version", "PostgreSQL %d is too old: %d or later is wanted.".formatted(version, OLDEST))
                : PlaceFinding.fit("Version", "PostgreSQL %d.".formatted(version));
    }

    private static PlaceFinding writable(TargetSession session) {
        boolean readOnly = session.queryFirst("SELECT current_setting('transaction_read_only')::boolean", row -> row.getBoolean(1)).orElse(false);
        return readOnly
                ? PlaceFinding.unfit("Writing", "It is read-only: a standby, or `default_transaction_read_only` is on. Give the primary's address, or reset it.")
                : PlaceFinding.fit("Writing", "It can be written.");
    }

    private static PlaceFinding rights(TargetSession session) {
        boolean granted = session.queryFirst(
                        "SELECT has_database_privilege(current_database(), 'CREATE') AND has_database_privilege(current_database(), 'TEMPORARY')",
                        row -> row.getBoolean(1))
                .orElse(false);
        return granted
                ? PlaceFinding.fit("Rights", "The user may make schemas and temporary tables.")
                : PlaceFinding.unfit("Rights", "The user may not make schemas or temporary tables. Run: `%s`".formatted(session.place().grant()));
    }

    @Override
    public void writeMetadata(String schema, List<MetadataTable> tables) {
        try (TargetSession session = TargetSession.open(sessions, subject)) {
            new PostgresMetadata(session, schema).write(tables);
        }
    }

    @Override
    public Optional<String> lastOfMetadata(String schema, String table, String column) {
        try (TargetSession session = TargetSession.open(sessions, subject)) {
            return new PostgresMetadata(session, schema).last(table, column);
        }
    }
}
