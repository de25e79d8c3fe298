package dev.millrace.destination.duckdb;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// DuckDB's native library, of which the driver unpacks a copy into the folder for temporary files whenever a process begins to use it.
///
/// The driver deletes its copy at an orderly end. A process that is killed would leave 70 MB behind each time, until the disk is full; so
/// where the system lets go of names (POSIX), the file loses its own as soon as it is loaded.
public final class DuckLibrary {

    private static final Logger LOG = LoggerFactory.getLogger(DuckLibrary.class);
    private static final Path MAPPED_FILES = Path.of("/proc/self/maps");
    private static final String DRIVER_LIBRARY = "org.duckdb.DuckDBNative";

    private DuckLibrary() {}

    /// Loads the library, unless this process has it already.
    public static void load() {
        Once.load();
    }

    /// The files from which this process has mapped the driver's library and that still have a name; none where that cannot be told.
    static Stream<Path> unpacked() throws IOException {
        if (!Files.isReadable(MAPPED_FILES)) {
            return Stream.empty();
        }
        Path folder = Path.of(System.getProperty("java.io.tmpdir")).toAbsolutePath();
        return Files.readAllLines(MAPPED_FILES).stream()
                .filter(line -> line.indexOf('/') >= 0 && line.endsWith(".so"))
                .map(line -> Path.of(line.substring(line.indexOf('/'))))
                .filter(file -> folder.equals(file.getParent()) && file.getFileName().toString().startsWith("libduckdb_java"))
                .distinct();
    }

    private static final class Once {

        static {
            try {
                Class.forName(DRIVER_LIBRARY);
                for (Path file : unpacked().toList()) {
                    Files.deleteIfExists(file);
                }
            } catch (IOException e) {
                LOG.debug("library=kept reason=\"{}\"", e.toString());
            } catch (ClassNotFoundException e) {
                throw new IllegalStateException("Invalid class path: DuckDB's driver is not complete", e);
            }
        }

        private Once() {}

        static void load() {}
    }
}
