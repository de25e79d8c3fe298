package dev.millrace.destination.iceberg;

import dev.millrace.core.destination.CopyPlace;
import dev.millrace.core.destination.CopyReader;
import dev.millrace.core.destination.Memory;
import dev.millrace.core.destination.MetadataTable;
import dev.millrace.core.destination.PlaceFinding;
import dev.millrace.core.fault.Fault;
import dev.millrace.core.naming.Displaced;
import dev.millrace.core.naming.GivenNames;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;

/// A lake as the place of a copy.
///
/// @param settings where it lies and how it is written
/// @param schemaPrefix of the connection
public record IcebergPlace(IcebergSettings settings, String schemaPrefix) implements CopyPlace {

    @Override
    public String subject() {
        return settings.warehouse();
    }

    @Override
    public IcebergDestination open(InstantSource clock) {
        return IcebergDestination.open(settings, schemaPrefix, clock);
    }

    @Override
    public boolean isThere() {
        if (!Lake.mayBeThere(settings)) {
            return false;
        }
        try (Lake lake = Lake.open(settings)) {
            return LakeMemory.isThere(lake, schemaPrefix);
        }
    }

    @Override
    public Optional<CopyReader> reader() {
        return Lake.mayBeThere(settings) ? LakeReader.open(settings, schemaPrefix) : Optional.empty();
    }

    @Override
    public List<Displaced> displaced(Memory memory) {
        return settings.engine().displaced(schemaPrefix, memory);
    }

    @Override
    public GivenNames names() {
        return settings.engine().names(schemaPrefix);
    }

    /// Whether the catalogue answers, and the warehouse takes a file, gives it back and lets it go.
    @Override
    public List<PlaceFinding> check() {
        try (Lake lake = Lake.open(settings)) {
            lake.tryWriting(schemaPrefix);
            return List.of(PlaceFinding.fit(
                    "Catalogue and warehouse", "The catalogue answers, and files can be written, read and deleted below %s.".formatted(settings.warehouse())));
        } catch (RuntimeException e) {
            Fault fault = IcebergFaults.of(e, settings.warehouse());
            return List.of(PlaceFinding.unfit("Catalogue and warehouse", "%s %s".formatted(fault.description(), fault.remedy())));
        }
    }

    @Override
    public void writeMetadata(String schema, List<MetadataTable> tables) {
        try (Lake lake = Lake.open(settings)) {
            new LakeMetadata(lake, settings, schema).write(tables);
        }
    }

    @Override
    public Optional<String> lastOfMetadata(String schema, String table, String column) {
        try (Lake lake = Lake.open(settings)) {
            return new LakeMetadata(lake, settings, schema).last(table, column);
        }
    }
}
