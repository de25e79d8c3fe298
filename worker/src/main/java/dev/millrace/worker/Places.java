package dev.millrace.worker;

import dev.millrace.core.destination.CopyPlace;
import dev.millrace.core.naming.Naming;
import dev.millrace.core.route.Route;
import dev.millrace.core.shape.TableName;
import dev.millrace.destination.duckdb.DuckPlace;
import dev.millrace.destination.duckdb.DuckSettings;
import dev.millrace.destination.iceberg.IcebergPlace;
import dev.millrace.destination.iceberg.IcebergSettings;
import dev.millrace.destination.postgres.PostgresPlace;
import dev.millrace.destination.postgres.PostgresSettings;
import dev.millrace.postgres.dial.PrivateHosts;
import dev.millrace.postgres.session.Login;
import dev.millrace.postgres.session.PostgresEndpoint;
import dev.millrace.postgres.tls.CertificateCheck;
import dev.millrace.worker.settings.DestinationSettings;
import dev.millrace.worker.settings.TableSelection;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/// Makes the places of copies from settings. Nothing is opened or dialled here.
///
/// @param schemaPrefix of the connection
/// @param systemColumnPrefix stands before the names of our own columns
/// @param naming the rules for names
/// @param layouts how rows lie in a lake, of tables of which something is said
/// @param besideWriters whether other connections of this process may be writing the same destination
public record Places(
        String schemaPrefix, String systemColumnPrefix, Naming naming, Map<TableName, TableSelection.Layout> layouts, boolean besideWriters) {

    private static final int SMALL_FILES = 64;
    private static final int DELETED_SHARE = 30;
    private static final long UPKEEP_BYTES = 512L << 20;
    private static final long CACHE_BYTES = 8L << 30;

    /// For what concerns a destination and no connection.
    public static Places ofNoConnection() {
        return new Places("", "_millrace_", Naming.SOURCE_NAMING, Map.of(), true);
    }

    /// The place that some settings describe.
    public CopyPlace of(DestinationSettings destination) {
        return switch (destination) {
            case DestinationSettings.Duck(Path path) -> new DuckPlace(path, schemaPrefix, duck(), besideWriters);
            case DestinationSettings.Postgres postgres -> new PostgresPlace(
                    endpoint(postgres),
                    Optional.of(certificate(endpoint(postgres))),
                    "%s:%d/%s".formatted(postgres.host(), postgres.port(), postgres.database()),
                    schemaPrefix,
                    new PostgresSettings(systemColumnPrefix, naming));
            case DestinationSettings.Iceberg iceberg -> new IcebergPlace(lake(iceberg), schemaPrefix);
        };
    }

    private DuckSettings duck() {
        return DuckSettings.defaults().withSystemColumnPrefix(systemColumnPrefix).withNaming(naming);
    }

    private static PostgresEndpoint endpoint(DestinationSettings.Postgres postgres) {
        return new PostgresEndpoint(
                Route.straight(postgres.host(), postgres.port()),
                postgres.database(),
                postgres.user(),
                Login.by(postgres.password()),
                SourceAccess.policy(postgres.tls()),
                PrivateHosts.ALLOW,
                Map.of());
    }

    private static CertificateCheck certificate(PostgresEndpoint endpoint) {
        return new CertificateCheck(endpoint.route(), endpoint.tls(), endpoint.privateHosts(), InstantSource.system());
    }

    private IcebergSettings lake(DestinationSettings.Iceberg iceberg) {
        Map<String, String> catalog = new LinkedHashMap<>();
        switch (iceberg.catalog()) {
            case EMBEDDED -> catalog.putAll(IcebergSettings.local(Path.of(iceberg.warehouse())).catalog());
            case JDBC -> catalog.put("type", "jdbc");
            case REST -> catalog.put("type", "rest");
            case GLUE -> catalog.put("type", "glue");
        }
        catalog.putIfAbsent("warehouse", iceberg.warehouse());
        if (!iceberg.catalogUri().isEmpty()) {
            catalog.put("uri", iceberg.catalogUri());
        }
        iceberg.properties().forEach((name, value) -> catalog.put(name, value.reveal()));
        Map<TableName, IcebergSettings.Layout> lying = new HashMap<>();
        layouts.forEach((table, layout) -> lying.put(table, new IcebergSettings.Layout(layout.partitionBy(), layout.sortBy())));
        DestinationSettings.Upkeep upkeep = iceberg.upkeep();
        return new IcebergSettings(
                catalog,
                iceberg.formatVersion(),
                lying,
                new IcebergSettings.Upkeep(
                        upkeep.targetFileBytes(),
                        upkeep.compacts() ? SMALL_FILES : 0,
                        upkeep.compacts() ? DELETED_SHARE : 100,
                        upkeep.compacts() ? UPKEEP_BYTES : 0,
                        upkeep.keepSnapshots(),
                        upkeep.keepFor()),
                CACHE_BYTES,
                Optional.of(iceberg.local().resolveSibling(iceberg.local().getFileName() + ".lake")),
                duck());
    }
}
