package dev.millrace.server.schema;

import dev.millrace.core.destination.Memory;
import dev.millrace.core.secret.Salt;
import dev.millrace.core.shape.TableName;
import dev.millrace.core.source.Catalog;
import dev.millrace.server.connection.ConnectionRecord;
import dev.millrace.server.connection.RunOrders;
import dev.millrace.server.state.Json;
import dev.millrace.source.PostgresSource;
import dev.millrace.worker.Wiring;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;

/// Asks sources what they have, whatever was chosen of it.
///
/// @param orders know how they are reached
record SourceReader(RunOrders orders) {

    private static final int TABLES_MAX = 100_000;

    /// All of its tables; those that cannot be copied with the reason.
    ///
    /// @throws dev.millrace.core.fault.Fault if it cannot be asked
    List<SourceTable> read(ConnectionRecord connection) {
        return ask(connection, source -> {
            Catalog catalog = source.catalog();
            Stream<SourceTable> followed = catalog.followed().stream().map(SourceTable::of);
            Stream<SourceTable> leftOut = Stream.concat(catalog.leftOut().stream(), source.outside().stream())
                    .filter(table -> !table.table().schema().startsWith("pg_temp"))
                    .map(SourceTable::of);
            return Stream.concat(followed, leftOut).limit(TABLES_MAX).toList();
        });
    }

    /// One of its tables as it is now; empty if it cannot be copied.
    ///
    /// @throws dev.millrace.core.fault.Fault if it cannot be asked
    Optional<SourceTable> read(ConnectionRecord connection, TableName table) {
        return ask(connection, source -> source.find(table).map(SourceTable::of));
    }

    private <T> T ask(ConnectionRecord connection, Function<PostgresSource, T> question) {
        // Only names are asked for, so nothing that is hashed by this salt stays.
        try (Wiring wiring = orders.wiring(connection.withChoice(Json.object())); PostgresSource source = wiring.source(Memory.empty(), Salt.random())) {
            return question.apply(source);
        }
    }
}
