package dev.millrace.destination.iceberg;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.apache.iceberg.BaseTable;
import org.apache.iceberg.ContentFile;
import org.apache.iceberg.ManifestContent;
import org.apache.iceberg.ManifestFile;
import org.apache.iceberg.ManifestFiles;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.io.CloseableIterable;
import org.apache.iceberg.io.FileIO;
import org.apache.iceberg.io.SupportsPrefixOperations;

/// Finds the files that a process left in a table's folder which ended in the middle of a copy: nobody else knows of them, so they would stay for ever.
///
/// Whoever asks has the connection's memory: what an earlier process had written and not committed by then is of no use to it any more.
///
/// @param io the storage; where it cannot list a folder, nothing is found
record Orphans(FileIO io) {

    /// The locations of files in a table's folder that neither any snapshot of it has nor the copy that is under way.
    ///
    /// @param folder location of the data
    /// @param copied what the copy has so far
    /// @param table as it is published, if it is
    List<String> in(String folder, Collection<String> copied, Optional<BaseTable> table) {
        if (!(io instanceof SupportsPrefixOperations storage)) {
            return List.of();
        }
        List<String> unknown = new ArrayList<>();
        storage.listPrefix(folder + "/").forEach(file -> unknown.add(file.location()));
        unknown.removeAll(Set.copyOf(copied));
        if (!unknown.isEmpty()) {
            table.map(this::held).ifPresent(unknown::removeAll);
        }
        return unknown;
    }

    private Set<String> held(BaseTable table) {
        Set<String> read = new HashSet<>();
        Set<String> held = new HashSet<>();
        for (Snapshot snapshot : table.snapshots()) {
            for (ManifestFile manifest : snapshot.allManifests(io)) {
                if (read.add(manifest.path())) {
                    try (CloseableIterable<? extends ContentFile<?>> files = manifest.content() == ManifestContent.DATA
                            ? ManifestFiles.read(manifest, io, table.specs())
                            : ManifestFiles.readDeleteManifest(manifest, io, table.specs())) {
                        files.forEach(file -> held.add(file.location()));
                    } catch (IOException e) {
                        throw new UncheckedIOException(e);
                    }
                }
            }
        }
        return held;
    }
}
