package dev.millrace.destination.duckdb;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DuckLibraryTest {

    @TempDir
    Path folder;

    /// So that a process which is killed leaves nothing behind.
    @Test
    void no_file_of_the_driver_stays_in_the_temporary_folder_while_a_database_is_open() throws Exception {
        try (DuckDatabase database = DuckDatabase.open(folder.resolve("file.duckdb"), DuckSettings.defaults());
                DuckSession session = database.session()) {
            assertThat(session).isNotNull();
            assertThat(DuckLibrary.unpacked()).isEmpty();
        }
    }
}
