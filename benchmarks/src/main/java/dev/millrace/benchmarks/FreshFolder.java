package dev.millrace.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/// An empty folder where there may have been a full one.
final class FreshFolder {

    private FreshFolder() {}

    /// Makes it, with its parents; whatever an earlier call has left there is deleted.
    static Path make(Path folder) {
        try {
            if (Files.exists(folder)) {
                for (Path each : deepestFirst(folder)) {
                    Files.delete(each);
                }
            }
            return Files.createDirectories(folder);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException("The folder " + folder + " cannot be emptied", e);
        }
    }

    private static List<Path> deepestFirst(Path folder) throws IOException {
        try (Stream<Path> all = Files.walk(folder)) {
            return all.sorted(Comparator.reverseOrder()).toList();
        }
    }
}
