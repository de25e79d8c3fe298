package dev.millrace.worker.settings;

import dev.millrace.core.secret.Secret;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;

/// Where the copy is kept.
public sealed interface DestinationSettings {

    /// What stands for the copy on this machine, whether or not it is a file: beside it lie things that only this machine has, with its name and an ending each.
    /// Absolute.
    Path local();

    /// A DuckDB file.
    ///
    /// @param path absolute
    record Duck(Path path) implements DestinationSettings {

        @Override
        public Path local() {
            return path;
        }
    }

    /// A database of PostgreSQL.
    ///
    /// @param local in the work folder
    record Postgres(String host, int port, String database, String user, Secret password, TlsSettings tls, Path local)
            implements DestinationSettings {}

    /// Tables of Apache Iceberg.
    ///
    /// @param warehouse a folder's absolute path, or an address
    /// @param catalogUri empty where the catalogue has none
    /// @param properties in Iceberg's own words; any may be a secret
    /// @param formatVersion of tables that are made
    /// @param local in the work folder
    record Iceberg(
            String warehouse, Catalog catalog, String catalogUri, Map<String, Secret> properties, int formatVersion, Upkeep upkeep, Path local)
            implements DestinationSettings {

        /// Keeps its own copy of the map.
        public Iceberg {
            properties = Map.copyOf(properties);
        }
    }

    /// What knows the tables of a lake.
    enum Catalog {
        EMBEDDED,
        JDBC,
        REST,
        GLUE
    }

    /// What is done for the tables of a lake between batches.
    ///
    /// @param targetFileBytes how large files shall be
    /// @param compacts whether files are written anew
    /// @param keepSnapshots how many snapshots of a table stay, however old; 0 if none is ever removed
    /// @param keepFor how long a snapshot stays at the least
    record Upkeep(long targetFileBytes, boolean compacts, int keepSnapshots, Duration keepFor) {}
}
