package dev.millrace.destination.duckdb;

import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;

/// A process that holds a DuckDB file until it is killed or its input ends.
public final class FileHolder {

    /// The line that it prints once it holds the file.
    static final String HELD = "held";

    private FileHolder() {}

    public static void main(String[] arguments) throws IOException {
        try (DuckDestination destination =
                DuckDestination.open(Path.of(arguments[0]), "other", DuckSettings.defaults(), InstantSource.system())) {
            System.out.println(destination.recall().position().isEmpty() ? HELD : "not new");
            System.in.read();
        }
    }
}
