package dev.millrace.destination.duckdb;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.core.destination.SyncMode;
import dev.millrace.core.destination.TableMemory;
import dev.millrace.core.shape.RowIdentity;
import dev.millrace.core.shape.Shape;
import dev.millrace.core.shape.ShapeCodec;
import dev.millrace.core.shape.TableName;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.Statement;
import java.time.InstantSource;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Files that an earlier version has made.
class OlderFileTest {

    private static final Shape NOTES = new Shape(new TableName("public", "notes"), List.of(), new RowIdentity.WholeRow());

    @TempDir
    Path folder;

    @Test
    void tables_of_before_there_were_modes_mark_what_is_deleted() throws Exception {
        Path file = folder.resolve("older.duckdb");
        try (DuckDestination _ = DuckDestination.open(file, "t", DuckSettings.defaults(), InstantSource.system())) {
            // Makes the memory's tables as they are now.
        }
        try (Connection session = DriverManager.getConnection("jdbc:duckdb:" + file);
                Statement statement = session.createStatement()) {
            statement.execute("ALTER TABLE _millrace.tables DROP COLUMN mode");
            try (PreparedStatement insert = session.prepareStatement(
                    "INSERT INTO _millrace.tables VALUES ('t', 'public', 'notes', 'STREAMING', true, ?, NULL, false, 3)")) {
                insert.setBytes(1, ShapeCodec.encode(NOTES));
                insert.execute();
            }
        }

        try (DuckDestination destination = DuckDestination.open(file, "t", DuckSettings.defaults(), InstantSource.system())) {
            assertThat(destination.recall().tables().values()).extracting(TableMemory::mode).containsExactly(SyncMode.SOFT_DELETE);
        }
    }
}
