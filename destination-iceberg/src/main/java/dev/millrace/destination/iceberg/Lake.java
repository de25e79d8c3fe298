package dev.millrace.destination.iceberg;

import dev.millrace.core.shape.TableName;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.apache.iceberg.BaseTable;
import org.apache.iceberg.CatalogUtil;
import org.apache.iceberg.HasTableOperations;
import org.apache.iceberg.Schema;
import org.apache.iceberg.TableProperties;
import org.apache.iceberg.Transaction;
import org.apache.iceberg.catalog.Catalog;
import org.apache.iceberg.catalog.Namespace;
import org.apache.iceberg.catalog.SupportsNamespaces;
import org.apache.iceberg.catalog.TableIdentifier;
import org.apache.iceberg.exceptions.AlreadyExistsException;
import org.apache.iceberg.exceptions.NoSuchTableException;
import org.apache.iceberg.io.FileIO;

/// The catalogue and the warehouse. Any thread.
final class Lake implements AutoCloseable {

    private static final String NAME = "millrace";
    private static final String SQLITE = "jdbc:sqlite:";

    private final Catalog catalog;
    private final Map<String, String> properties;
    private final String warehouse;
    private final int formatVersion;

    private Lake(Catalog catalog, Map<String, String> properties, String warehouse, int formatVersion) {
        this.properties = properties;
        this.catalog = catalog;
        this.warehouse = warehouse;
        this.formatVersion = formatVersion;
    }

    /// Opens the catalogue; an embedded one is made if it is not there.
    static Lake open(IcebergSettings settings) {
        String warehouse = settings.warehouse();
        Map<String, String> properties = new LinkedHashMap<>(settings.catalog());
        properties.put("warehouse", settings.catalog().getOrDefault("warehouse", "").startsWith("/") ? warehouse : settings.catalog().get("warehouse"));
        fileIO(warehouse).ifPresent(io -> properties.putIfAbsent("io-impl", io));
        // The client of the SDK that is on the class path.
        properties.putIfAbsent("http-client.type", "urlconnection");
        if (!properties.containsKey("client.factory") && !properties.containsKey("client.assume-role.arn")) {
            // The usual one wants the clients of three more services to be there.
            properties.putIfAbsent("s3.client-factory-impl", "org.apache.iceberg.aws.s3.DefaultS3FileIOAwsClientFactory");
        }
        properties.putIfAbsent("jdbc.schema-version", "V1");
        properties.putIfAbsent("metrics-reporter-impl", QuietMetrics.class.getName());
        try {
            if (LocalFileIO.isLocal(warehouse)) {
                Files.createDirectories(LocalFileIO.path(warehouse));
            }
            return new Lake(CatalogUtil.buildIcebergCatalog(NAME, properties, null), properties, warehouse, settings.formatVersion());
        } catch (IOException | RuntimeException e) {
            throw IcebergFaults.of(e, warehouse);
        }
    }

    /// Whether there can be anything: an embedded catalogue that is not there would be made by opening it.
    static boolean mayBeThere(IcebergSettings settings) {
        String uri = settings.catalog().getOrDefault("uri", "");
        return !uri.startsWith(SQLITE) || Files.exists(Path.of(uri.substring(SQLITE.length())));
    }

    /// Iceberg's way to a storage, by its scheme.
    private static Optional<String> fileIO(String warehouse) {
        if (LocalFileIO.isLocal(warehouse)) {
            return Optional.of(LocalFileIO.class.getName());
        }
        return switch (warehouse.replaceFirst("://.*", "")) {
            case "s3", "s3a", "s3n" -> Optional.of("org.apache.iceberg.aws.s3.S3FileIO");
            case "gs" -> Optional.of("org.apache.iceberg.gcp.gcs.GCSFileIO");
            case "abfs", "abfss", "wasb", "wasbs" -> Optional.of("org.apache.iceberg.azure.adlsv2.ADLSFileIO");
            default -> Optional.empty();
        };
    }

    private static TableIdentifier id(TableName table) {
        return TableIdentifier.of(Namespace.of(table.schema()), table.table());
    }

    /// What is called so in the catalogue.
    Optional<BaseTable> find(TableName table) {
        try {
            return Optional.of((BaseTable) catalog.loadTable(id(table)));
        } catch (NoSuchTableException _) {
            return Optional.empty();
        }
    }

    /// Where a new table is going to lie: no two tables that ever were lie at one place.
    String newLocation(TableName table) {
        return "%s/%s/%s-%s".formatted(warehouse, plain(table.schema()), plain(table.table()), UUID.randomUUID());
    }

    private static String plain(String name) {
        return name.replaceAll("[^A-Za-z0-9_.-]", "_");
    }

    /// Begins to make a table; nothing is there until the transaction is committed.
    Transaction create(TableName table, Schema schema, String location, Map<String, String> properties) {
        Map<String, String> all = new LinkedHashMap<>(properties);
        all.put(TableProperties.FORMAT_VERSION, Integer.toString(formatVersion));
        all.put(TableProperties.METADATA_DELETE_AFTER_COMMIT_ENABLED, "true");
        all.put(TableProperties.METADATA_PREVIOUS_VERSIONS_MAX, "20");
        createNamespace(Namespace.of(table.schema()));
        return catalog.buildTable(id(table), schema).withLocation(location).withProperties(all).createTransaction();
    }

    private void createNamespace(Namespace namespace) {
        if (catalog instanceof SupportsNamespaces namespaces && !namespaces.namespaceExists(namespace)) {
            try {
                namespaces.createNamespace(namespace);
            } catch (AlreadyExistsException _) {
                // Somebody was quicker.
                return;
            }
        }
    }

    /// The operations of a table that is being made.
    static org.apache.iceberg.TableOperations operations(Transaction transaction) {
        return ((HasTableOperations) transaction.table()).operations();
    }

    /// Removes a table with everything that it ever had.
    void drop(TableName table) {
        catalog.dropTable(id(table), true);
    }

    /// Asks the catalogue for something, and the warehouse to take a file, to give it back and to let it go.
    void tryWriting(String connection) {
        find(new TableName("_millrace", "memory_of_" + connection));
        String location = "%s/%s-%s".formatted(ownFolder(), "check", UUID.randomUUID());
        try (FileIO io = CatalogUtil.loadFileIO(properties.getOrDefault("io-impl", ""), properties, null)) {
            try (var out = io.newOutputFile(location).create()) {
                out.write(1);
            }
            if (io.newInputFile(location).getLength() != 1) {
                throw new IOException("The file has another size than what was written");
            }
            io.deleteFile(location);
        } catch (IOException e) {
            throw new StorageFailure(e);
        }
    }

    /// The folder of our own things.
    String ownFolder() {
        return warehouse + "/_millrace";
    }

    /// What the warehouse is called in a fault.
    String subject() {
        return warehouse;
    }

    @Override
    public void close() {
        if (catalog instanceof Closeable open) {
            try {
                open.close();
            } catch (IOException e) {
                throw new StorageFailure(e);
            }
        }
    }
}
