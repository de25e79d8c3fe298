package dev.millrace.destination.iceberg;

import dev.millrace.core.fault.Fault;
import dev.millrace.core.fault.FaultKind;
import dev.millrace.core.shape.TableName;
import dev.millrace.destination.duckdb.DuckLibrary;
import dev.millrace.destination.duckdb.DuckReader;
import dev.millrace.destination.duckdb.DuckSession;
import dev.millrace.destination.duckdb.DuckSettings;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.iceberg.BaseTable;
import org.duckdb.DuckDBConnection;

/// A DuckDB database in memory that shows the published tables of a connection as views: over the files that each had when it was first asked for, minus
/// their deleted rows. Belongs to one thread at a time.
final class LakeView implements AutoCloseable {

    private static final int ATTEMPTS = 5;

    private final Lake lake;
    private final LakeFiles storage;
    private final DuckReader reader;
    private final Set<TableName> shown = new HashSet<>();

    private LakeView(Lake lake, LakeFiles storage, DuckReader reader) {
        this.lake = lake;
        this.storage = storage;
        this.reader = reader;
    }

    /// Opens a database with the memory in it.
    static LakeView open(Lake lake, LakeFiles storage, LakeMemory memory, String schemaPrefix, DuckSettings settings) {
        for (int attempt = 1; ; attempt++) {
            try {
                return new LakeView(lake, storage, DuckReader.over(connection(settings), schemaPrefix, settings, lake.subject(), memory::read));
            } catch (Fault e) {
                // A run that writes meanwhile may have replaced a file of the memory between two looks.
                if (e.kind() != FaultKind.DESTINATION_ALTERED && e.kind() != FaultKind.DESTINATION_UNUSABLE || attempt == ATTEMPTS) {
                    throw e;
                }
            }
        }
    }

    private static DuckDBConnection connection(DuckSettings settings) {
        try {
            DuckLibrary.load();
            var connection = (DuckDBConnection) DriverManager.getConnection("jdbc:duckdb:");
            try (Statement statement = connection.createStatement()) {
                statement.execute("SET GLOBAL memory_limit = '%dB'".formatted(settings.memoryBytes()));
                statement.execute("SET GLOBAL threads = %d".formatted(settings.threads()));
                statement.execute("SET GLOBAL TimeZone = 'UTC'");
                Partitions.registerWith(connection);
            }
            return connection;
        } catch (SQLException e) {
            throw IcebergFaults.of(e, "DuckDB");
        }
    }

    /// What reads the memory, and the tables that are shown.
    DuckReader reader() {
        return reader;
    }

    /// Shows every table that is there, also those that are no longer followed.
    void showAll() {
        List<TableName> places;
        try (DuckSession session = new DuckSession(reader.connection().unwrap(DuckDBConnection.class).duplicate(), lake.subject())) {
            places = session.query(
                    "SELECT place_schema, place_table FROM _millrace.lake_tables WHERE is_there", row -> new TableName(row.getString(1), row.getString(2)));
        } catch (SQLException e) {
            throw IcebergFaults.of(e, lake.subject());
        }
        places.forEach(this::show);
    }

    /// Shows a table, if it is there.
    void show(TableName place) {
        if (shown.add(place)) {
            lake.find(place).ifPresent(table -> show(place, table));
        }
    }

    private void show(TableName place, BaseTable table) {
        try (DuckSession session = new DuckSession(reader.connection().unwrap(DuckDBConnection.class).duplicate(), lake.subject())) {
            session.run("CREATE SCHEMA IF NOT EXISTS _millrace_lake");
            session.run("CREATE SCHEMA IF NOT EXISTS " + TableName.quote(place.schema()));
            LakeTable known = new LakeTable(place, table, storage, "_millrace_lake.d" + shown.size());
            known.refresh(session);
            List<LakeColumn> columns = LakeColumn.of(table.schema());
            String values = columns.stream()
                    .map(column -> "%s AS %s".formatted(column.fromFile(), TableName.quote(column.name())))
                    .collect(Collectors.joining(", "));
            String deleted = known.hasDeleted()
                    ? " ANTI JOIN %s AS d ON s.%s = d.file AND s.%s = d.pos".formatted(known.deleted(), Scan.FILE, Scan.POSITION)
                    : "";
            session.run("CREATE OR REPLACE VIEW %s AS SELECT %s FROM (%s) AS s%s"
                    .formatted(place.quoted(), values, new Scan(storage).of(columns, known.files().keySet()), deleted));
        } catch (SQLException e) {
            throw IcebergFaults.of(e, place.toString());
        }
    }

    @Override
    public void close() {
        reader.close();
    }
}
