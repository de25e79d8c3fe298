package dev.millrace.destination.duckdb;

import dev.millrace.core.destination.CopyPlace;
import dev.millrace.core.destination.CopyReader;
import dev.millrace.core.destination.Memory;
import dev.millrace.core.destination.MetadataTable;
import dev.millrace.core.destination.PlaceFinding;
import dev.millrace.core.fault.Fault;
import dev.millrace.core.naming.Displaced;
import dev.millrace.core.naming.GivenNames;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// A DuckDB file as the place of a copy.
///
/// @param file that is made when it is first written
/// @param schemaPrefix of the connection
/// @param settings how it is opened
/// @param besideWriters whether other connections of this process may be writing the file
public record DuckPlace(Path file, String schemaPrefix, DuckSettings settings, boolean besideWriters) implements CopyPlace {

    @Override
    public String subject() {
        return file.toString();
    }

    @Override
    public DuckDestination open(InstantSource clock) {
        return DuckDestination.open(file, schemaPrefix, settings, clock);
    }

    @Override
    public boolean isThere() {
        return Files.exists(file);
    }

    @Override
    public Optional<CopyReader> reader() {
        if (!isThere()) {
            return Optional.empty();
        }
        return Optional.of(
                besideWriters ? DuckReader.openBesideWriters(file, schemaPrefix, settings) : DuckReader.open(file, schemaPrefix, settings));
    }

    @Override
    public List<Displaced> displaced(Memory memory) {
        return settings.displaced(schemaPrefix, memory);
    }

    @Override
    public GivenNames names() {
        return settings.names(schemaPrefix);
    }

    /// Whether the folder can be written, and the file, if there is one, can be opened. The folder is made.
    @Override
    public List<PlaceFinding> check() {
        List<PlaceFinding> findings = new ArrayList<>();
        findings.add(writable());
        if (Files.exists(file)) {
            findings.add(readable());
        }
        return findings;
    }

    private PlaceFinding writable() {
        String title = "Folder";
        try {
            Path folder = file.toAbsolutePath().getParent();
            Files.createDirectories(folder);
            if (!Files.isWritable(folder)) {
                return PlaceFinding.unfit(title, "The folder %s cannot be written. Give the user who runs this the right.".formatted(folder));
            }
            long left = Files.getFileStore(folder).getUsableSpace() >> 20;
            return PlaceFinding.fit(title, "%s can be written; there are %,d MB left.".formatted(folder, left));
        } catch (IOException _) {
            return PlaceFinding.unfit(title, "The folder of %s cannot be made. Give the user who runs this the right.".formatted(file));
        }
    }

    private PlaceFinding readable() {
        String title = "Database file";
        try (DuckReader _ = DuckReader.openBesideWriters(file, schemaPrefix, settings)) {
            return PlaceFinding.fit(title, "%s is a DuckDB file that can be opened.".formatted(file.getFileName()));
        } catch (Fault fault) {
            return PlaceFinding.unfit(title, "%s %s".formatted(fault.description(), fault.remedy()));
        }
    }

    @Override
    public void writeMetadata(String schema, List<MetadataTable> tables) {
        new DuckMetadata(file, schema).write(tables);
    }

    @Override
    public Optional<String> lastOfMetadata(String schema, String table, String column) {
        return new DuckMetadata(file, schema).last(table, column);
    }
}
