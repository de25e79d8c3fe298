package dev.millrace.cli;

import dev.millrace.cli.terminal.Terminal;
import dev.millrace.worker.Wiring;
import dev.millrace.worker.settings.ConnectionSettings;
import dev.millrace.worker.settings.Setting;
import dev.millrace.worker.settings.SettingFlags;
import dev.millrace.worker.settings.SettingProblem;
import dev.millrace.worker.settings.SettingsReader;
import dev.millrace.worker.settings.SettingsReading;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// Which connection a command is about, where no settings file says so.
public final class ConnectionOptions {

    @Option(names = "--source", paramLabel = "URL", description = "Without a FILE: postgresql://USER@HOST:PORT/DATABASE[?sslmode=MODE]")
    private @Nullable String source;

    @Option(names = "--destination", paramLabel = "duckdb:PATH", description = "Without a FILE: where the copy is kept.")
    private @Nullable String destination;

    @Option(names = "--schema-prefix", paramLabel = "PREFIX", description = "Without a FILE: what destination schemas begin with.")
    private @Nullable String schemaPrefix;

    @Option(
            names = "--destination-schema-names",
            paramLabel = "NAMING",
            description = "Without a FILE: SOURCE_NAMING (default) or FIVETRAN_NAMING.")
    private @Nullable String destinationSchemaNames;

    @Option(
            names = "--update-method",
            paramLabel = "METHOD",
            description = "Without a FILE: WAL_PGOUTPUT (the default), XMIN, TELEPORT or QUERY_BASED.")
    private @Nullable String updateMethod;

    @Option(names = "--replication-slot", paramLabel = "SLOT", description = "Without a FILE: the replication slot.")
    private @Nullable String replicationSlot;

    @Option(names = "--publication-name", paramLabel = "NAME", description = "Without a FILE: the publication.")
    private @Nullable String publicationName;

    @Option(names = "--sync-mode", paramLabel = "MODE", description = "Without a FILE: SOFT_DELETE (the default), LIVE or HISTORY.")
    private @Nullable String syncMode;

    @Option(
            names = "--system-column-prefix",
            paramLabel = "PREFIX",
            description = "Without a FILE: what the names of added columns begin with (_millrace_).")
    private @Nullable String systemColumnPrefix;

    @Option(names = "--password-env", paramLabel = "VARIABLE", description = "Without a FILE: the environment variable with the password.")
    private @Nullable String passwordEnvironment;

    @Option(names = "--password-file", paramLabel = "PATH", description = "Without a FILE: the file with the password.")
    private @Nullable String passwordFile;

    @Option(
            names = "--trusted-certificates",
            paramLabel = "SHA256[,SHA256]",
            description = "Without a FILE: the certificates that are approved for the source.")
    private @Nullable String trustedCertificates;

    @Option(names = "--tls-server-name", paramLabel = "NAME", description = "Without a FILE: the database's own name, where the host is another.")
    private @Nullable String tlsServerName;

    @Option(names = "--auth-method", paramLabel = "METHOD", description = "Without a FILE: PASSWORD (the default) or AWS_IAM.")
    private @Nullable String authMethod;

    /// Whether the flags name a connection, so that no settings file is to be named.
    boolean given() {
        return source != null || destination != null;
    }

    /// Reads the settings, from the file or the flags, and prints warnings. The wiring is to be closed by the caller.
    ///
    /// @param file the settings file; null if the flags say everything
    /// @throws SettingsRefused if they cannot be used
    Wiring wiring(@Nullable Path file, Program program, boolean quiet) {
        SettingsReader reader = new SettingsReader(program.environment());
        SettingsReading reading;
        if (file != null && given()) {
            throw SettingsRefused.onCommandLine("Name a settings file, or give --source and --destination, not both.");
        } else if (file != null) {
            reading = reader.read(file);
        } else if (source == null || destination == null) {
            throw SettingsRefused.onCommandLine("Name a settings file, or give both --source and --destination.");
        } else {
            reading = reader.read(new SettingFlags(source, destination, others()), Path.of("").toAbsolutePath());
        }
        return new Wiring(understood(reading, program.terminal(), quiet), InstantSource.system());
    }

    private static ConnectionSettings understood(SettingsReading reading, Terminal terminal, boolean quiet) {
        return switch (reading) {
            case SettingsReading.Refused(List<SettingProblem> problems) -> throw new SettingsRefused(problems);
            case SettingsReading.Understood(ConnectionSettings settings, List<SettingProblem> warnings) -> {
                if (!quiet) {
                    SettingsText.warn(warnings, terminal);
                }
                yield settings;
            }
        };
    }

    private Map<Setting, String> others() {
        Map<Setting, String> others = new EnumMap<>(Setting.class);
        put(others, Setting.SCHEMA_PREFIX, schemaPrefix);
        put(others, Setting.DESTINATION_SCHEMA_NAMES, destinationSchemaNames);
        put(others, Setting.SOURCE_UPDATE_METHOD, updateMethod);
        put(others, Setting.SOURCE_REPLICATION_SLOT, replicationSlot);
        put(others, Setting.SOURCE_PUBLICATION_NAME, publicationName);
        put(others, Setting.SOURCE_TRUSTED_CERTIFICATES, trustedCertificates);
        put(others, Setting.SOURCE_TLS_SERVER_NAME, tlsServerName);
        put(others, Setting.SOURCE_AUTH_METHOD, authMethod);
        put(others, Setting.SYNC_MODE, syncMode);
        put(others, Setting.SYSTEM_COLUMN_PREFIX, systemColumnPrefix);
        put(others, Setting.SOURCE_PASSWORD, passwordEnvironment == null ? null : "${env:" + passwordEnvironment + "}");
        put(others, Setting.SOURCE_PASSWORD, passwordFile == null ? null : "${file:" + passwordFile + "}");
        return others;
    }

    private static void put(Map<Setting, String> others, Setting setting, @Nullable String text) {
        if (text != null) {
            others.put(setting, text);
        }
    }
}
