package dev.millrace.worker.run;

import dev.millrace.core.destination.CopyPlace;
import dev.millrace.core.destination.ReadableDestination;
import dev.millrace.core.secret.Secret;
import dev.millrace.destination.duckdb.DuckDestination;
import dev.millrace.destination.duckdb.DuckPlace;
import dev.millrace.destination.duckdb.DuckSettings;
import dev.millrace.destination.iceberg.IcebergPlace;
import dev.millrace.destination.iceberg.IcebergSettings;
import dev.millrace.destination.iceberg.LakeReader;
import dev.millrace.destination.postgres.PostgresPlace;
import dev.millrace.destination.postgres.PostgresSettings;
import dev.millrace.postgres.session.PostgresEndpoint;
import dev.millrace.testkit.postgres.TestDatabase;
import dev.millrace.testkit.postgres.TestPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

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

        @Override
        String typeOf(String column) {
            return "typeof(%s)".formatted(column);
        }
    },

    /// A database of a server of the version `-Dmillrace.test.destination.version`, 17 by default. Where it is stands in a file in the place of
    /// DuckDB's, so that other processes find it.
    POSTGRES {
        @Override
        CopyPlace place(TestConnection connection) {
            return new PostgresPlace(endpoint(connection.file()), Optional.empty(), "the copy", "t", PostgresSettings.defaults().withNaming(connection.naming()));
        }

        @Override
        Connection session(TestConnection connection, ReadableDestination destination) throws SQLException {
            return endpoint(connection.file()).open();
        }

        @Override
        String typeOf(String column) {
            return "pg_typeof(%s)::text".formatted(column);
        }

        @Override
        void make(Path file) {
            if (Files.exists(file)) {
                return;
            }
            TestDatabase made = TestPostgres.version(Integer.getInteger("millrace.test.destination.version", 17)).newDatabase();
            try {
                Files.write(file, List.of(made.host(), Integer.toString(made.port()), made.name(), made.user(), made.password()));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        private PostgresEndpoint endpoint(Path file) {
            make(file);
            try {
                List<String> lines = Files.readAllLines(file);
                return new PostgresEndpoint(
                        lines.get(0), Integer.parseInt(lines.get(1)), lines.get(2), lines.get(3), Secret.of(lines.get(4)), Map.of());
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    },

    /// A folder beside where DuckDB's file would be.
    ICEBERG {
        @Override
        CopyPlace place(TestConnection connection) {
            Path folder = connection.file().resolveSibling(connection.file().getFileName() + ".lake");
            return new IcebergPlace(
                    IcebergSettings.local(folder).withEngine(DuckSettings.defaults().withNaming(connection.naming())), "t");
        }

        /// Closing it closes the reader whose session it is.
        @Override
        Connection session(TestConnection connection, ReadableDestination destination) {
            LakeReader reader = (LakeReader) destination.reader();
            return (Connection) Proxy.newProxyInstance(Connection.class.getClassLoader(), new Class<?>[] {Connection.class}, (_, method, arguments) -> {
                if (method.getName().equals("close")) {
                    reader.close();
                    return null;
                }
                try {
                    return method.invoke(reader.connection(), arguments);
                } catch (InvocationTargetException e) {
                    throw e.getTargetException();
                }
            });
        }

        @Override
        String typeOf(String column) {
            return "typeof(%s)".formatted(column);
        }
    };

    /// The one that this run of tests is about.
    static TestStore ofTheRun() {
        return valueOf(System.getProperty("millrace.test.destination", "duckdb").toUpperCase(Locale.ROOT));
    }

    abstract CopyPlace place(TestConnection connection);

    /// A session of its database, to be closed by the caller.
    abstract Connection session(TestConnection connection, ReadableDestination destination) throws SQLException;

    /// The expression of a column's type.
    abstract String typeOf(String column);

    /// Makes what must be there before another process opens the place.
    ///
    /// @param file of the connection
    void make(Path file) {}
}
