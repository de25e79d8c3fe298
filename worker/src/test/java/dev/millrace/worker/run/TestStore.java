package dev.millrace.worker.run;

import dev.millrace.core.destination.CopyPlace;
import dev.millrace.core.destination.ReadableDestination;
import dev.millrace.destination.duckdb.DuckDestination;
import dev.millrace.destination.duckdb.DuckPlace;
import dev.millrace.destination.duckdb.DuckSettings;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Locale;

/// What a test's copy is kept in: DuckDB, or by `-Dmillrace.test.destination` something else.
enum TestStore {
    DUCKDB {
        @Override
        CopyPlace place(TestConnection connection) {
            return new DuckPlace(connection.file(), "t", DuckSettings.defaults().withNaming(connection.naming()), false);
        }

        @Override
        Connection session(TestConnection connection, ReadableDestination destination) {
            return ((DuckDestination) destination).openSession();
        }
    };

    /// The one that this run of tests is about.
    static TestStore ofTheRun() {
        return valueOf(System.getProperty("millrace.test.destination", "duckdb").toUpperCase(Locale.ROOT));
    }

    abstract CopyPlace place(TestConnection connection);

    /// A session of its database, to be closed by the caller.
    abstract Connection session(TestConnection connection, ReadableDestination destination) throws SQLException;
}
