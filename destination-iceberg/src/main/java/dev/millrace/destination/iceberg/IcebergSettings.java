package dev.millrace.destination.iceberg;

import dev.millrace.core.shape.TableName;
import dev.millrace.destination.duckdb.DuckSettings;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Where tables of Iceberg lie and how they are written.
///
/// @param catalog Iceberg's own properties of the catalogue: `type` (`jdbc`, `rest`, `glue`) or `catalog-impl`, `uri`, `warehouse`, and what
///     the storage needs, such as `s3.endpoint`
/// @param formatVersion 2, whose deletes lie in files of positions, or 3, where they are vectors
/// @param layouts by the source's name, how a table is partitioned and sorted; others are neither
/// @param upkeep what is done for the tables between batches
/// @param cacheBytes how much of files that lie elsewhere is kept on this machine's disk
/// @param temporaryDirectory where that is, and what the engine has no memory for; the system's if empty
/// @param engine how the engine is set up, and what our own columns are called
public record IcebergSettings(
        Map<String, String> catalog,
        int formatVersion,
        Map<TableName, Layout> layouts,
        Upkeep upkeep,
        long cacheBytes,
        Optional<Path> temporaryDirectory,
        DuckSettings engine) {

    private static final String EMBEDDED_CATALOG = "catalog.sqlite";

    /// Keeps its own copies.
    public IcebergSettings {
        catalog = Map.copyOf(catalog);
        layouts = Map.copyOf(layouts);
        if (formatVersion < 2 || formatVersion > 3) {
            throw new IllegalArgumentException("Invalid format version: %d (must be 2 or 3)".formatted(formatVersion));
        }
        if (!catalog.containsKey("warehouse") || !catalog.containsKey("type") && !catalog.containsKey("catalog-impl")) {
            throw new IllegalArgumentException("Invalid catalogue: %s (must have type and warehouse)".formatted(catalog.keySet()));
        }
    }

    /// How the rows of a table lie.
    ///
    /// @param partitions by what rows are kept apart, as Iceberg writes it: `day(created_at)`, `bucket(16, id)`, `region`
    /// @param sort the columns by which rows of a file are sorted, each with ` desc` behind it if from the greatest on
    public record Layout(List<String> partitions, List<String> sort) {

        /// Neither partitioned nor sorted.
        public static final Layout PLAIN = new Layout(List.of(), List.of());

        /// Keeps its own copies.
        public Layout {
            partitions = List.copyOf(partitions);
            sort = List.copyOf(sort);
        }
    }

    /// What is done for the tables between batches.
    ///
    /// @param targetFileBytes how large files shall be
    /// @param smallFiles how many files below half of that a table may have before they are made into one; 0 for never
    /// @param deletedShare the share of deleted rows, in percent, from which a file is written anew; 100 for never
    /// @param workBytes how much is written anew after one batch at the most
    /// @param keepSnapshots how many snapshots of a table stay, however old; 0 if none is ever removed
    /// @param keepFor how long a snapshot stays at the least
    public record Upkeep(long targetFileBytes, int smallFiles, int deletedShare, long workBytes, int keepSnapshots, Duration keepFor) {

        /// What suits tables that are written every few seconds.
        public static final Upkeep USUAL = new Upkeep(256L << 20, 64, 30, 512L << 20, 100, Duration.ofDays(5));

        /// Nothing.
        public static final Upkeep NONE = new Upkeep(256L << 20, 0, 100, 0, 0, Duration.ZERO);
    }

    /// Tables in a folder of this machine, with a catalogue of their own beside them.
    public static IcebergSettings local(Path folder) {
        Map<String, String> catalog = new LinkedHashMap<>();
        catalog.put("type", "jdbc");
        catalog.put("uri", "jdbc:sqlite:" + folder.toAbsolutePath().normalize().resolve(EMBEDDED_CATALOG));
        catalog.put("warehouse", LocalFileIO.location(folder));
        return of(catalog);
    }

    /// Tables of a catalogue, written as usual.
    public static IcebergSettings of(Map<String, String> catalog) {
        return new IcebergSettings(catalog, 2, Map.of(), Upkeep.USUAL, 8L << 30, Optional.empty(), DuckSettings.defaults());
    }

    /// The same in another version of the format.
    public IcebergSettings withFormatVersion(int other) {
        return new IcebergSettings(catalog, other, layouts, upkeep, cacheBytes, temporaryDirectory, engine);
    }

    /// The same with tables that lie otherwise.
    public IcebergSettings withLayouts(Map<TableName, Layout> other) {
        return new IcebergSettings(catalog, formatVersion, other, upkeep, cacheBytes, temporaryDirectory, engine);
    }

    /// The same with other upkeep.
    public IcebergSettings withUpkeep(Upkeep other) {
        return new IcebergSettings(catalog, formatVersion, layouts, other, cacheBytes, temporaryDirectory, engine);
    }

    /// The same with another engine.
    public IcebergSettings withEngine(DuckSettings other) {
        return new IcebergSettings(catalog, formatVersion, layouts, upkeep, cacheBytes, temporaryDirectory, other);
    }

    /// The same with less or more of a cache.
    public IcebergSettings withCacheBytes(long other) {
        return new IcebergSettings(catalog, formatVersion, layouts, upkeep, other, temporaryDirectory, engine);
    }

    /// Where everything lies, without a slash behind it.
    public String warehouse() {
        String warehouse = catalog.getOrDefault("warehouse", "");
        String located = warehouse.startsWith("/") ? LocalFileIO.location(Path.of(warehouse)) : warehouse;
        return located.endsWith("/") ? located.substring(0, located.length() - 1) : located;
    }
}
