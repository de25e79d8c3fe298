package dev.millrace.worker.settings;

import dev.millrace.core.destination.SyncMode;
import dev.millrace.core.fault.Fault;
import dev.millrace.core.naming.Naming;
import dev.millrace.core.run.Limits;
import dev.millrace.worker.approval.Approvals;
import java.io.IOException;
import java.nio.charset.MalformedInputException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

/// Reads the settings of a connection and tells everything that is wrong with them at once.
///
/// @param environment the variables that references speak of
public record SettingsReader(Environment environment) {

    private static final Pattern PREFIX = Pattern.compile("[a-z_][a-z0-9_]{0,39}");
    private static final Pattern SYSTEM_PREFIX = Pattern.compile("_[a-z0-9_]{0,39}");
    private static final Pattern SLOT = Pattern.compile("[a-z0-9_]{1,63}");

    /// What was approved outside the settings, by fingerprint.
    private record Approved(Set<String> certificates, Set<String> hostKeys) {

        static final Approved NOTHING = new Approved(Set.of(), Set.of());

        static Approved of(Approvals approvals) {
            return new Approved(approvals.certificates(), approvals.hostKeys());
        }
    }

    /// Reads a YAML file, and what was approved for it.
    public SettingsReading read(Path file) {
        try {
            return check(YamlSettings.read(Files.readString(file), file), Approved.of(Approvals.read(file)));
        } catch (Fault unreadable) {
            return new SettingsReading.Refused(
                    List.of(new SettingProblem(unreadable.subject(), 0, "", unreadable.description() + " " + unreadable.remedy())));
        } catch (IOException failure) {
            String name = String.valueOf(file.getFileName());
            String message =
                    switch (failure) {
                        case NoSuchFileException _ ->
                            "There is no file " + file + ". Correct the path, or write one; the README shows how.";
                        case MalformedInputException _ -> "File " + file + " is not text in UTF-8.";
                        default -> "File " + file + " cannot be read. Check its permissions.";
                    };
            return new SettingsReading.Refused(List.of(new SettingProblem(name, 0, "", message)));
        }
    }

    /// Reads YAML that stands, or would stand, in `file`; nothing else is read.
    public SettingsReading read(String yaml, Path file) {
        return check(YamlSettings.read(yaml, file), Approved.NOTHING);
    }

    /// Reads YAML or JSON that somebody elsewhere wrote, in which `${...}` stands for nothing else: what is on this machine is not theirs to read.
    ///
    /// @param folder what relative paths are relative to
    /// @param certificates SHA-256 of certificates that were approved outside it
    /// @param hostKeys fingerprints of host keys that were approved outside it
    public SettingsReading readLiteral(String document, Path folder, Set<String> certificates, Set<String> hostKeys) {
        return check(YamlSettings.read(document, folder.resolve("settings")), new Approved(certificates, hostKeys), Resolution.LITERAL);
    }

    /// Reads the section `destination` alone, as [#readLiteral] reads all; of no connection.
    ///
    /// @param problems is told what is wrong with it
    public DestinationSettings readDestination(String document, Path folder, List<SettingProblem> problems) {
        GivenSettings given = YamlSettings.read(document, folder.resolve("settings"));
        DestinationSettings settings = new DestinationBlock(new CheckedValues(given, Resolution.LITERAL), Set.of()).destination();
        problems.addAll(given.problems());
        return settings;
    }

    /// Reads the flags of a command line; relative paths are relative to `directory`.
    public SettingsReading read(SettingFlags flags, Path directory) {
        return check(flags.read(directory), Approved.NOTHING);
    }

    private SettingsReading check(GivenSettings given, Approved approved) {
        return check(given, approved, new References(environment, given.directory()));
    }

    private SettingsReading check(GivenSettings given, Approved approved, Resolution references) {
        CheckedValues values = new CheckedValues(given, references);
        DestinationSettings destination = new DestinationBlock(values, approved.certificates()).destination();
        ConnectionSettings settings = new ConnectionSettings(
                source(values, approved),
                destination,
                values.text(
                        Setting.SCHEMA_PREFIX,
                        PREFIX,
                        "lower-case letters, digits and `_`, not beginning with a digit, 40 at most"),
                Naming.valueOf(values.choice(Setting.DESTINATION_SCHEMA_NAMES, names(Naming.values()))),
                values.text(Setting.SYSTEM_COLUMN_PREFIX, SYSTEM_PREFIX, "lower-case letters, digits and `_`, beginning with `_`, 40 at most"),
                frequency(values),
                new TableSelection(
                        values.flag(Setting.ENABLE_NEW_BY_DEFAULT),
                        SyncMode.valueOf(values.choice(Setting.SYNC_MODE, SchemasBlock.MODES)),
                        given.schemas(),
                        handling(values)),
                limits(values, destination));
        if (!(settings.destination() instanceof DestinationSettings.Iceberg)) {
            settings.selection().layouts().keySet().forEach(table -> given.problem(
                    given.nowhere(),
                    "schemas",
                    "`partition_by` and `sort_by` of %s go with `destination.service: iceberg` only. Leave them out.".formatted(table)));
        }
        return given.problems().isEmpty()
                ? new SettingsReading.Understood(settings, given.warnings())
                : new SettingsReading.Refused(given.problems());
    }

    private SourceSettings source(CheckedValues values, Approved approved) {
        TlsBlock tls = new TlsBlock(values, approved.certificates());
        SourceSettings.Way way = new WayBlock(values, environment, approved.hostKeys()).way();
        return new SourceSettings(
                constant(values, Setting.SOURCE_SERVICE, SourceSettings.Service.values()),
                values.text(Setting.SOURCE_HOST),
                Math.toIntExact(values.number(Setting.SOURCE_PORT, 1, 65_535)),
                values.text(Setting.SOURCE_DATABASE),
                values.text(Setting.SOURCE_USER),
                values.secret(Setting.SOURCE_PASSWORD),
                tls.authMethod(),
                way,
                tls.tls(way),
                updateMethod(values));
    }

    private static UpdateMethod updateMethod(CheckedValues values) {
        Duration pause = values.duration(Setting.LIMITS_SCAN_PAUSE, Duration.ofMillis(100), Duration.ofDays(1));
        boolean capturesDeletes = values.flag(Setting.SOURCE_DELETE_CAPTURE_ENABLED);
        String method = values.choice(Setting.SOURCE_UPDATE_METHOD, List.of("WAL_PGOUTPUT", "XMIN", "TELEPORT", "QUERY_BASED"));
        if (values.isGiven(Setting.SOURCE_DELETE_CAPTURE_ENABLED) && !method.equals("QUERY_BASED")) {
            values.problem(
                    Setting.SOURCE_DELETE_CAPTURE_ENABLED,
                    "`source.delete_capture_enabled` goes with `update_method: QUERY_BASED` only. Leave it out: `WAL_PGOUTPUT` and `TELEPORT` always"
                            + " capture deletes, `XMIN` never does.");
        }
        return switch (method) {
            case "XMIN" -> new UpdateMethod.Xmin(pause);
            case "TELEPORT" -> new UpdateMethod.Teleport(pause);
            case "QUERY_BASED" -> capturesDeletes ? new UpdateMethod.Teleport(pause) : new UpdateMethod.Xmin(pause);
            default -> new UpdateMethod.WalPgoutput(
                    values.text(Setting.SOURCE_REPLICATION_SLOT, SLOT, "lower-case letters, digits and `_`, 63 at most"),
                    values.text(Setting.SOURCE_PUBLICATION_NAME));
        };
    }

    private static SyncFrequency frequency(CheckedValues values) {
        return values.text(Setting.SYNC_FREQUENCY).equals("continuous")
                ? new SyncFrequency.Continuous()
                : new SyncFrequency.Every(Duration.ofMinutes(values.number(Setting.SYNC_FREQUENCY, 1, 1_440)));
    }

    private static SchemaChangeHandling handling(CheckedValues values) {
        return SchemaChangeHandling.valueOf(values.choice(Setting.SCHEMA_CHANGE_HANDLING, names(SchemaChangeHandling.values())));
    }

    private static List<String> names(Enum<?>[] constants) {
        return Arrays.stream(constants).map(Enum::name).toList();
    }

    private static Limits limits(CheckedValues values, DestinationSettings destination) {
        Limits limits = limits(values);
        boolean isOfFiles = destination instanceof DestinationSettings.Iceberg && !values.isGiven(Setting.LIMITS_COPY_RANGE_BLOCKS);
        return isOfFiles ? limits.withCopyRangeBlocks(Limits.BLOCKS_OF_A_FILE) : limits;
    }

    private static Limits limits(CheckedValues values) {
        return new Limits(
                Math.toIntExact(values.bytes(Setting.LIMITS_BATCH_BYTES, 64L << 10, 1L << 30)),
                values.duration(Setting.LIMITS_BATCH_AGE, Duration.ofMillis(10), Duration.ofMinutes(10)),
                Math.toIntExact(values.number(Setting.LIMITS_QUEUED_BATCHES, 1, 16)),
                Math.toIntExact(values.number(Setting.LIMITS_COPY_SESSIONS, 1, 32)),
                values.number(Setting.LIMITS_COPY_RANGE_BLOCKS, 16, 1 << 20),
                values.duration(Setting.LIMITS_STATUS_INTERVAL, Duration.ofSeconds(1), Duration.ofMinutes(10)),
                values.bytes(Setting.LIMITS_BACKLOG_BYTES, 1L << 20, 1L << 40),
                Math.toIntExact(values.number(Setting.LIMITS_PEEK_CHANGES, 1_000, 5_000_000)));
    }

    private static <E extends Enum<E>> E constant(CheckedValues values, Setting setting, E[] constants) {
        List<String> names = Arrays.stream(constants).map(constant -> constant.name().toLowerCase(Locale.ROOT)).toList();
        return constants[names.indexOf(values.choice(setting, names))];
    }
}
