package dev.millrace.destination.duckdb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.core.copy.CopyPlan;
import dev.millrace.core.destination.Memory;
import dev.millrace.core.destination.SourceIdentity;
import dev.millrace.core.destination.SyncMode;
import dev.millrace.core.destination.TableMemory;
import dev.millrace.core.fault.Fault;
import dev.millrace.core.naming.Naming;
import dev.millrace.core.naming.TargetNames;
import dev.millrace.core.position.LogPosition;
import dev.millrace.core.position.Lsn;
import dev.millrace.core.shape.RowIdentity;
import dev.millrace.core.shape.Shape;
import dev.millrace.core.shape.ShapeCodec;
import dev.millrace.core.shape.TableName;
import dev.millrace.testkit.change.ChangeScript;
import dev.millrace.testkit.change.Shapes;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.Statement;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
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

    @Test
    void tables_of_before_names_were_remembered_keep_those_that_they_have() throws Exception {
        Path file = folder.resolve("older.duckdb");
        Shape before = Shapes.table("public", "Notes").column("id", Shapes.INT4).column("Note", Shapes.TEXT).key("id").shape();
        Shape after = Shapes.table("public", "Notes").column("id", Shapes.INT4).column("note", Shapes.TEXT).key("id").shape();
        try (DuckDestination made = DuckDestination.open(file, "t", DuckSettings.defaults(), InstantSource.system())) {
            made.adopt(new SourceIdentity("7300", "shop"), new LogPosition(new Lsn(100)));
            made.beginCopy(new CopyPlan(before, "1", List.of(), 0), SyncMode.SOFT_DELETE);
            made.endCopy(before.table());
            made.publish(before.table());
            made.write(ChangeScript.inText().insert(before, "1", "first").batch(200));
        }
        try (Connection session = DriverManager.getConnection("jdbc:duckdb:" + file);
                Statement statement = session.createStatement()) {
            statement.execute("DROP TABLE _millrace.names");
        }

        try (DuckReader reader = DuckReader.open(file, "t", DuckSettings.defaults())) {
            assertThat(names(reader.recall()).table()).hasToString("t_public.Notes");
        }
        try (DuckDestination destination = DuckDestination.open(file, "t", DuckSettings.defaults(), InstantSource.system())) {
            destination.write(ChangeScript.inText().update(before, "1", "second").insert(after, "2", "third").batch(300));
            assertThat(names(destination.recall()).columns())
                    .isEqualTo(Map.of("id", "id", "Note", "Note", "note", "note_2"));
            destination.forget(before.table());
        }
        Naming other = Naming.FIVETRAN_NAMING;
        assertThatThrownBy(() -> DuckDestination.open(file, "t", DuckSettings.defaults().withNaming(other), InstantSource.system()))
                .isInstanceOf(Fault.class);
    }

    private static TargetNames names(Memory memory) {
        return memory.tables().values().iterator().next().names();
    }
}
